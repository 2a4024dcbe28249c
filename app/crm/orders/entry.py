"""From what was typed in the order form to an order: which contact and products are meant."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import or_, select

from app.crm.contacts.models import Contact
from app.crm.contacts.search import found_contacts
from app.crm.orders.forms import MOST_LINES, LineForm, OrderForm, times
from app.crm.orders.queries import find_contact
from app.crm.products.forms import MOST_MONEY, refuse
from app.crm.products.models import Product
from app.extensions import db
from app.l10n import fold, format_number, sort_key, to_ascii_digits
from app.web import given_uuid

MOST_OFFERED = 8


@dataclass(frozen=True)
class LineValues:
    """A line to be stored; `amount` in minor units."""

    product_id: UUID | None
    description: str
    quantity: Decimal
    amount: int


@dataclass(frozen=True)
class OrderValues:
    """An order to be stored. Without a number it gets the next one."""

    number: str | None
    contact_id: UUID | None
    ordered_on: date
    note: str | None
    lines: list[LineValues] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def is_return(self) -> bool:
        """Whether it only gives back."""
        return all(line.quantity < 0 for line in self.lines)


def offered_contacts(text: str) -> list[Contact]:
    """Contacts to choose from for what was typed."""
    if not fold(text):
        return []
    found = select(found_contacts(text).c.contact_id)
    offered = (
        select(Contact)
        .where(Contact.id.in_(found), Contact.deleted_at.is_(None))
        .order_by(Contact.last_order_on.desc().nulls_last(), Contact.sort_key, Contact.id)
        .limit(MOST_OFFERED)
    )
    return list(db.session.execute(offered).scalars())


def offered_products(text: str) -> list[Product]:
    """Products on sale to choose from for what was typed."""
    words = sort_key(text).split()
    if not words:
        return []
    named = select(Product).where(Product.archived_at.is_(None))
    for word in words:
        in_code = Product.code.icontains(word, autoescape=True)
        named = named.where(or_(Product.sort_key.contains(word, autoescape=True), in_code))
    named = named.order_by(Product.sort_key, Product.id).limit(MOST_OFFERED)
    return list(db.session.execute(named).scalars())


def settle_contact(form: OrderForm) -> Contact | None:
    """The contact that was chosen, or that the typed name or reference can only mean.

    What cannot be settled becomes an error of the field, in words.
    """
    chosen = given_uuid(form.contact_id.data)
    if chosen is not None:
        contact = find_contact(chosen)
        if contact is None:
            form.contact_id.data = ""
            refuse(form.customer, _("This contact is no longer there. Choose another."))
        return contact
    text = form.customer.data or ""
    if not text:
        return None
    exact = _exact_contacts(text)
    if len(exact) == 1:
        return exact[0]
    refuse(form.customer, _which_contact(text, len(exact)))
    return None


def _exact_contacts(text: str) -> list[Contact]:
    named = or_(Contact.reference == to_ascii_digits(text), Contact.sort_key == sort_key(text))
    same = select(Contact).where(named, Contact.deleted_at.is_(None)).limit(MOST_OFFERED)
    return list(db.session.execute(same).scalars())


def _which_contact(text: str, count: int) -> str:
    if count > 1:
        return _("Several contacts are called “%(name)s”. Choose one of them.", name=text)
    if offered_contacts(text):
        return _("No contact is called exactly “%(name)s”. Choose one of these.", name=text)
    return _(
        "No contact is called “%(name)s”. Add the contact first, or leave this empty for a sale "
        "without a customer.",
        name=text,
    )


class Products:
    """The products that the lines of a form may mean, read in one query."""

    def __init__(self, lines: list[LineForm]) -> None:
        texts = [line.product.data for line in lines if line.product.data]
        given = [given_uuid(line.product_id.data) for line in lines]
        meant = or_(
            Product.id.in_([one for one in given if one]),
            Product.code.in_([to_ascii_digits(text) for text in texts]),
            Product.sort_key.in_([sort_key(text) for text in texts]),
        )
        rows = db.session.execute(select(Product).where(meant)).scalars() if texts else ()
        self.found: list[Product] = list(rows)

    def settle(self, line: LineForm) -> Product | None:
        """The product of a line; None for a free description. Says so where several fit."""
        text = line.product.data or ""
        chosen = given_uuid(line.product_id.data)
        for product in self.found:
            if product.id == chosen and text in (product.name, product.code):
                return product
        coded = [product for product in self.found if product.code == to_ascii_digits(text)]
        on_sale = [product for product in self.found if product.archived_at is None]
        named = coded or [one for one in on_sale if sort_key(one.name) == sort_key(text)]
        if len(named) > 1:
            refuse(
                line.product,
                _("Several products are called “%(name)s”. Write the code instead.", name=text),
            )
        return named[0] if len(named) == 1 else None


def settle_lines(form: OrderForm) -> list[LineValues]:
    """The lines to be stored; errors stand at their fields.

    A product's own price fills in where neither a price nor an amount was typed.
    """
    lines = form.written_lines
    products = Products(lines)
    settled = [_settled(line, products) for line in lines]
    values = [line for line in settled if line is not None]
    refuse(form.lines, *_line_sentences(form, values))
    return values


def _settled(line: LineForm, products: Products) -> LineValues | None:
    if not line.product.data:
        refuse(line.product, _("Write the product or a description."))
        return None
    product = products.settle(line)
    amount = line.charged
    if amount is None and product is not None and product.unit_price is not None:
        amount = times(line.units, product.unit_price)
    if amount is None and not any(field.errors for field in line):
        refuse(line.unit_price, _("Write the unit price or the amount."))
    if amount is None or line.product.errors:
        return None
    if product is not None:
        return LineValues(product.id, product.name, line.units, amount)
    return LineValues(None, line.product.data, line.units, amount)


def _line_sentences(form: OrderForm, values: list[LineValues]) -> list[str]:
    if not form.written_lines:
        return [_("Write at least one line.")]
    if len(form.written_lines) > MOST_LINES:
        most = format_number(MOST_LINES)
        return [_("An order holds at most %(most)s lines. Make a second order.", most=most)]
    if abs(sum(line.amount for line in values)) > MOST_MONEY:
        return [_("The total is too large. Check the number of zeros.")]
    return []


def read_order(form: OrderForm) -> OrderValues | None:
    """The order that a valid form holds; None when anything is left to correct."""
    is_valid = form.validate()
    contact = settle_contact(form)
    lines = settle_lines(form)
    wrong = [*form.customer.errors, *form.lines.errors]
    wrong += [error for line in form.written_lines for field in line for error in field.errors]
    if not is_valid or wrong:
        return None
    return OrderValues(
        number=form.number.data,
        contact_id=contact.id if contact else None,
        ordered_on=form.ordered_on.data,
        note=form.note.data,
        lines=lines,
    )
