"""Order pages: the list, one order, and what other pages show of orders."""

from __future__ import annotations

from uuid import UUID

from flask import Flask, Response, flash, request, url_for
from flask_babel import gettext as _

from app.crm.orders import actions, form_views  # noqa: F401 - its routes join these
from app.crm.orders.blueprint import blueprint
from app.crm.orders.export import export_lines
from app.crm.orders.filters import OrderFilters, read_filters
from app.crm.orders.forms import exact_price
from app.crm.orders.models import Order
from app.crm.orders.queries import (
    count_lines,
    find_contact,
    find_import,
    find_order,
    last_orders,
    list_orders,
    names_in,
    sum_orders,
)
from app.crm.products.paging import address, parameters
from app.tenants.access import requires
from app.tenants.audit.actions import record
from app.tenants.permissions import Permission
from app.web import Refused, is_fragment_request, or_missing, render, see_other


def register(app: Flask) -> None:
    """Bind the order pages."""
    app.register_blueprint(blueprint)


def _names(filters: OrderFilters) -> dict[str, str]:
    """The names behind the filters; a foreign id is missing."""
    return {name: or_missing(text) for name, text in names_in(filters).items()}


@blueprint.get("")
@requires(Permission.ORDERS_READ)
def page() -> Response:
    """The list of orders with the sum of all that fit."""
    filters = read_filters()
    names = _names(filters)
    found = list_orders(filters)
    return render(
        "crm/orders/page.html",
        "listing",
        422 if filters.errors else 200,
        filters=filters,
        names=names,
        found=found,
        lines=count_lines([order.id for order in found.rows]),
        sums=sum_orders(filters),
        address=address,
        arguments=parameters(),
        export_url=url_for("orders.export", **parameters()),
    )


@blueprint.get("/export.csv")
@requires(Permission.EXPORTS_RUN)
def export() -> Response:
    """The list as CSV, one row for each line of an order."""
    filters = read_filters()
    _names(filters)
    if filters.errors:
        raise Refused(" ".join(filters.errors.values()))
    record("orders.exported", filters=request.query_string.decode("utf-8", "replace"))
    response = Response(export_lines(filters), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="orders.csv"'
    return response


@blueprint.get("/<uuid:order_id>")
@requires(Permission.ORDERS_READ)
def show(order_id: UUID) -> Response:
    """One order with its lines and where it came from."""
    order = or_missing(find_order(order_id))
    batch = find_import(order.import_id) if order.import_id else None
    return render("crm/orders/show.html", order=order, batch=batch, exact_price=exact_price)


@blueprint.get("/<uuid:order_id>/delete")
@requires(Permission.ORDERS_WRITE)
def confirm_delete(order_id: UUID) -> Response:
    """Ask before an order goes for good."""
    return render("crm/orders/delete.html", order=or_missing(find_order(order_id)))


@blueprint.post("/<uuid:order_id>/delete")
@requires(Permission.ORDERS_WRITE)
def delete(order_id: UUID) -> Response:
    """Delete an order that has not changed since it was looked at."""
    order: Order = or_missing(find_order(order_id))
    if request.form.get("version") != str(order.version):
        raise actions.stale_order()
    number = order.number
    actions.delete_order(order)
    flash(_("Order %(number)s is deleted.", number=number))
    return see_other(url_for("orders.page"))


@blueprint.get("/of/<uuid:contact_id>")
@requires(Permission.ORDERS_READ)
def of_contact(contact_id: UUID) -> Response:
    """The newest orders of a contact, for the card on the contact's page."""
    contact = or_missing(find_contact(contact_id))
    if not is_fragment_request():
        return see_other(url_for("orders.page", contact=contact_id))
    orders = last_orders(contact_id)
    lines = count_lines([order.id for order in orders])
    sums = sum_orders(OrderFilters(contact_id=contact_id))
    return render(
        "crm/orders/of_contact.html", contact=contact, orders=orders, lines=lines, sums=sums
    )
