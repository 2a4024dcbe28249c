"""Which views say who may call them."""

from __future__ import annotations

from flask import Flask

from app.tenants.access import PUBLIC, SIGNED_IN
from app.tenants.permissions import Permission

# Pages of the development mode and the framework's own.
EXEMPT = {"static"}


def unmarked_views(app: Flask) -> list[str]:
    """Endpoints whose view carries no mark; the door keeps them closed, the suite names them."""
    return sorted(
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint not in EXEMPT
        and getattr(view, "access", None) not in (PUBLIC, SIGNED_IN, *Permission)
    )
