"""Marks on views that say who may come in. The door reads them; a view without one is closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import g

from app.tenants.permissions import Permission, is_allowed
from app.web import open_to_all

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
SIGNED_IN = "signed-in"

public = open_to_all


def signed_in(view: View) -> View:
    """Any signed-in person may call this view, in a workspace any member."""
    view.access = SIGNED_IN  # type: ignore[attr-defined]
    return view


def requires(permission: Permission) -> Callable[[View], View]:
    """Only members whose role has the permission may call this view."""

    def mark(view: View) -> View:
        view.access = permission  # type: ignore[attr-defined]
        return view

    return mark


def may(permission: Permission | str) -> bool:
    """Whether the member at work has the permission; templates ask `may("contacts.write")`."""
    place = g.get("place")
    return place is not None and is_allowed(place.role, Permission(permission))
