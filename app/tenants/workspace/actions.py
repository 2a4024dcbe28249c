"""Opening a workspace and changing its settings."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import exists, literal_column, select

from app.extensions import Base, db
from app.tenants.audit.actions import record
from app.tenants.workspace.models import Tenant
from app.web import Refused

SETTINGS = (
    "name",
    "language",
    "calendar",
    "digits",
    "timezone",
    "currency",
    "money_unit",
    "region",
)
# Amounts are stored in the currency's minor units, so they would change their worth with it.
_AMOUNTS = ("orders",)


def open_workspace(tenant_id: UUID, slug: str, **settings: Any) -> Tenant:
    """A new workspace under this id; the tenant is entered already, as its records need."""
    tenant = Tenant(id=tenant_id, slug=slug, **settings)
    db.session.add(tenant)
    db.session.flush()
    record("workspace.opened", tenant, name=tenant.name)
    return tenant


def has_amounts() -> bool:
    """Whether the tenant entered holds amounts of money already."""
    tables = [Base.metadata.tables[name] for name in _AMOUNTS]
    return any(
        db.session.scalar(select(exists(select(literal_column("1")).select_from(table))))
        for table in tables
    )


def change_settings(tenant: Tenant, settings: dict[str, Any]) -> dict[str, list[Any]]:
    """Apply the settings; returns what changed as {name: [before, after]}."""
    changes = {
        name: [getattr(tenant, name), settings[name]]
        for name in SETTINGS
        if name in settings and getattr(tenant, name) != settings[name]
    }
    if "currency" in changes and has_amounts():
        raise Refused(
            _(
                "There are orders in %(currency)s, and their amounts would not be converted."
                " Open another workspace for another currency.",
                currency=tenant.currency,
            )
        )
    for name, (_before, after) in changes.items():
        setattr(tenant, name, after)
    if changes:
        record("workspace.changed", tenant, **changes)
    return changes


def money_unit(currency: str, toman: bool) -> str:
    """The unit in which a currency is shown: rials may be shown as tomans."""
    return "toman" if toman and currency == "IRR" else ""
