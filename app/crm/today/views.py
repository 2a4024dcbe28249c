"""The home page of a workspace."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, url_for

from app.crm.today import queries
from app.crm.today.queries import QUIET_GAPS, QUIET_ORDERS
from app.l10n import today
from app.tenants.access import requires
from app.tenants.permissions import Permission
from app.web import render

blueprint = Blueprint("today", __name__, url_prefix="/<slug:tenant_slug>")


@blueprint.get("/")
@requires(Permission.CONTACTS_READ)
def page() -> Response:
    """First steps until they are taken, then the month so far and who went quiet."""
    day = today()
    this, before = queries.same_days(day)
    return render(
        "crm/today/page.html",
        day=day,
        steps=queries.first_steps(),
        this=queries.figures(*this),
        before=queries.figures(*before),
        customers=queries.customers(this[0]),
        quiet=queries.gone_quiet(day),
        newest=queries.newest_orders(),
        quiet_gaps=QUIET_GAPS,
        quiet_orders=QUIET_ORDERS,
        urls={
            name: url_for(endpoint)
            for name, endpoint in (
                ("imports", "imports.new"),
                ("reports", "reports.page"),
                ("members", "members.page"),
                ("orders", "orders.page"),
            )
        },
    )


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)
