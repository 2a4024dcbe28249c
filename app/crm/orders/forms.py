"""The order form: its head and as many lines as people add."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.crm.products.forms import (
    MOST_MONEY,
    ReadField,
    money_text,
    plain_code,
    read_money,
    refuse,
    show_quantity,
)
from app.forms import Form
from app.l10n import Unreadable, format_date, lazy_number, parse_date, parse_number
from app.tenants.fields import tidy

MOST_LINES = 1000
MOST_UNITS = 10**9
FINEST = Decimal("0.001")


def read_quantity(text: str) -> Decimal:
    """A quantity other than zero with three decimals at most. Raises Unreadable."""
    quantity = parse_number(text)
    if quantity == 0:
        raise Unreadable(_l("Write a quantity other than zero, negative for a return."))
    if abs(quantity) > MOST_UNITS:
        raise Unreadable(_l("This quantity is too large."))
    if quantity != quantity.quantize(FINEST):
        raise Unreadable(_l("Write at most three decimals."))
    return quantity


def show_day(day: Any) -> str:
    return format_date(day, "numeric")


def tidy_note(text: str | None) -> str | None:
    """A note with its line breaks and without control characters; None when empty."""
    lines = [tidy(line) or "" for line in (text or "").splitlines()]
    return "\n".join(lines).strip() or None


class LineForm(wtforms.Form):
    """One line: a product or a description, how many, and a price or the amount charged."""

    product = StringField(
        _l("Product or description"),
        filters=[tidy],
        validators=[
            Length(max=200, message=_l("Use at most %(most)s characters.", most=lazy_number(200)))
        ],
    )
    product_id = HiddenField()
    quantity = ReadField(_l("Quantity"), read_quantity, show_quantity)
    unit_price = ReadField(_l("Unit price"), read_money, money_text)
    amount = ReadField(_l("Amount"), read_money, money_text)

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed; such a line is no line."""
        fields = (self.product, self.quantity, self.unit_price, self.amount)
        return not any(str(field._value()).strip() for field in fields)

    @property
    def units(self) -> Decimal:
        """The quantity; one when it was left empty."""
        return Decimal(1) if self.quantity.data is None else self.quantity.data

    @property
    def charged(self) -> int | None:
        """The amount in minor units: as typed, else quantity times price; None without either."""
        if self.amount.data is not None:
            return int(self.amount.data)
        if self.unit_price.data is None:
            return None
        return times(self.units, self.unit_price.data)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each field, then whether the three numbers agree."""
        if self.is_blank:
            return True
        if not super().validate(extra_validators):  # type: ignore[no-untyped-call]
            return False
        sentence = self._disagreement()
        if sentence is not None:
            refuse(self.amount, sentence)
        return sentence is None

    def _disagreement(self) -> str | None:
        amount, price, units = self.amount.data, self.unit_price.data, self.units
        if amount is not None and price is not None and amount != times(units, price):
            return _("This is not quantity times price. Leave one of the two empty.")
        if self.charged is not None and abs(self.charged) > MOST_MONEY:
            return _("This amount is too large. Check the number of zeros.")
        if units < 0 and (self.charged or 0) > 0:
            return _("A returned line gives money back: write its amount with a minus.")
        return None


def times(quantity: Decimal, price: int) -> int:
    """Quantity times price in minor units, half a unit rounded up."""
    return int((quantity * price).to_integral_value(ROUND_HALF_UP))


def exact_price(quantity: Decimal, amount: int) -> int | None:
    """The unit price that gives exactly this amount, in minor units; None when there is none."""
    price = int(amount / quantity) if quantity else 0
    return price if quantity and times(quantity, price) == amount else None


class OrderForm(Form):
    """An order with its lines; empty lines do not count."""

    id = HiddenField()
    version = HiddenField()
    number = StringField(
        _l("Number"),
        filters=[plain_code],
        validators=[
            Length(max=64, message=_l("Use at most %(most)s characters.", most=lazy_number(64)))
        ],
    )
    customer = StringField(_l("Customer"), filters=[tidy])
    contact_id = HiddenField()
    ordered_on = ReadField(
        _l("Date"),
        parse_date,
        show_day,
        validators=[InputRequired(_l("Write the day of the order."))],
    )
    note = TextAreaField(
        _l("Note"),
        filters=[tidy_note],
        validators=[
            Length(max=5000, message=_l("Use at most %(most)s characters.", most=lazy_number(5000)))
        ],
    )
    lines = FieldList(FormField(LineForm))

    @property
    def written_lines(self) -> list[LineForm]:
        return [entry.form for entry in self.lines if not entry.form.is_blank]

    @property
    def total(self) -> int:
        """What the lines come to so far."""
        return sum(line.charged or 0 for line in self.written_lines)
