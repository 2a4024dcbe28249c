"""The order form: new, edit, and the help it gets while somebody types."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from app.crm.orders import actions
from app.crm.orders.blueprint import blueprint
from app.crm.orders.entry import (
    Products,
    offered_contacts,
    offered_products,
    read_order,
    settle_contact,
)
from app.crm.orders.forms import OrderForm, exact_price
from app.crm.orders.models import Order, OrderLine
from app.crm.orders.queries import find_contact, find_order
from app.crm.products.forms import money_text, refuse, show_quantity
from app.crm.products.paging import typed
from app.crm.products.queries import find_product
from app.l10n import today
from app.tenancy import new_id
from app.tenants.access import requires
from app.tenants.permissions import Permission
from app.web import given_uuid, or_missing, render, see_other


@blueprint.get("/new")
@requires(Permission.ORDERS_WRITE)
def new() -> Response:
    """The empty form, or one for the contact or product in the address."""
    form = OrderForm(id=str(new_id()), ordered_on=today())
    if "contact" in request.args:
        contact = or_missing(find_contact(or_missing(given_uuid(typed("contact")))))
        form.contact_id.data = str(contact.id)
    line: dict[str, Any] = {}
    if "product" in request.args:
        product = or_missing(find_product(or_missing(given_uuid(typed("product")))))
        line = {"product": product.name, "product_id": product.id, "unit_price": product.unit_price}
    form.lines.append_entry(line)
    return _form(form, None)


@blueprint.post("/new")
@requires(Permission.ORDERS_WRITE)
def create() -> Response:
    """Make an order; the same form sent twice makes one."""
    form = OrderForm()
    order_id = given_uuid(form.id.data) or new_id()
    if find_order(order_id) is not None:
        return _shown(order_id)
    values = read_order(form)
    if values is None:
        return _form(form, None, 422)
    try:
        order = actions.create_order(order_id, values)
    except actions.NumberTaken:
        return _form(_number_taken(form), None, 422)
    except IntegrityError:
        or_missing(find_order(order_id))
        return _shown(order_id)
    flash(_("Order %(number)s added.", number=order.number))
    return _shown(order_id)


@blueprint.get("/<uuid:order_id>/edit")
@requires(Permission.ORDERS_WRITE)
def edit(order_id: UUID) -> Response:
    """The form of an order."""
    order = or_missing(find_order(order_id))
    form = OrderForm(
        id=order.id,
        version=order.version,
        number=order.number,
        contact_id=str(order.contact_id or ""),
        ordered_on=order.ordered_on,
        note=order.note,
        lines=[_line(line) for line in order.lines],
    )
    return _form(form, order)


def _line(line: OrderLine) -> dict[str, Any]:
    """A stored line as the form shows it: a price where it explains the amount exactly."""
    price = exact_price(line.quantity, line.amount)
    return {
        "product": line.product.name if line.product else line.description,
        "product_id": line.product_id,
        "quantity": line.quantity,
        "unit_price": price,
        "amount": line.amount if price is None else None,
    }


@blueprint.post("/<uuid:order_id>/edit")
@requires(Permission.ORDERS_WRITE)
def change(order_id: UUID) -> Response:
    """Save an order's form, unless somebody else saved it first."""
    order = or_missing(find_order(order_id))
    form = OrderForm()
    values = read_order(form)
    if values is None:
        return _form(form, order, 422)
    if form.version.data != str(order.version):
        return _overtaken(form, order)
    try:
        actions.change_order(order, values)
    except actions.NumberTaken:
        return _form(_number_taken(form), or_missing(find_order(order_id)), 422)
    flash(_("Saved."))
    return _shown(order_id)


def _overtaken(form: OrderForm, order: Order) -> Response:
    """Keep what was typed; saving once more replaces what the other person saved."""
    form.version.data = str(order.version)
    form.version.raw_data = None
    return _form(form, order, 409, is_overtaken=True)


@blueprint.post("/draft")
@requires(Permission.ORDERS_WRITE)
def draft() -> Response:
    """The form as it stands, with a line more or less or another contact; nothing is stored."""
    form = OrderForm()
    order_id = given_uuid(request.args.get("order"))
    order = or_missing(find_order(order_id)) if order_id else None
    act, _colon, place = request.form.get("act", "").partition(":")
    if act == "add-line":
        form.lines.append_entry()
    elif act == "remove-line":
        form.lines.entries = [one for one in form.lines if one.name != f"lines-{place}"]
    elif act == "other-contact":
        form.contact_id.data = ""
        form.customer.data = ""
        form.customer.raw_data = None
    elif act == "find-contact":
        settle_contact(form)
    _fill_prices(form)
    return _form(form, order)


def _fill_prices(form: OrderForm) -> None:
    """Link each line to the product it names and fill in its price where none was typed."""
    products = Products(form.written_lines)
    for line in form.written_lines:
        product = products.settle(line)
        line.product_id.data = str(product.id) if product else ""
        if product and product.unit_price is not None and line.charged is None:
            line.unit_price.data = product.unit_price
            line.unit_price.raw_data = [money_text(product.unit_price)]


@blueprint.get("/contact-options")
@requires(Permission.ORDERS_WRITE)
def contact_options() -> Response:
    """Contacts for the text in the form's customer field."""
    text = typed("customer")
    return render("crm/orders/contact_options.html", contacts=offered_contacts(text), text=text)


@blueprint.get("/product-options")
@requires(Permission.ORDERS_WRITE)
def product_options() -> Response:
    """Products for the text in the line named by `part`, which is being typed in."""
    text = typed(f"{typed('part')}-product")
    return render("crm/orders/product_options.html", products=offered_products(text))


def _shown(order_id: UUID) -> Response:
    return see_other(url_for("orders.show", order_id=order_id))


def _number_taken(form: OrderForm) -> OrderForm:
    taken = _("Another order has the number %(number)s. Choose another.", number=form.number.data)
    refuse(form.number, taken)
    return form


def _form(
    form: OrderForm, order: Order | None, status: int = 200, *, is_overtaken: bool = False
) -> Response:
    if not len(form.lines):
        form.lines.append_entry()
    chosen = given_uuid(form.contact_id.data)
    contact = find_contact(chosen) if chosen else None
    offered = offered_contacts(form.customer.data or "") if contact is None else []
    return render(
        "crm/orders/form.html",
        "form",
        status,
        form=form,
        order=order,
        contact=contact,
        offered=offered,
        suggested_number=None if order else actions.next_number(),
        is_overtaken=is_overtaken,
        usual_quantity=show_quantity(1),
    )
