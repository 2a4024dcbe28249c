"""The product form, and the field in which people type an amount of money."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length

from app.forms import Form
from app.l10n import (
    Unreadable,
    currency_exponent,
    current,
    format_number,
    lazy_number,
    parse_money,
    to_ascii_digits,
)
from app.tenants.fields import tidy

MOST_MONEY = 10**15


class ReadField(StringField):
    """Text that is read into a value; what cannot be read stays as it was typed."""

    def __init__(
        self, label: Any, read: Callable[[str], Any], show: Callable[[Any], str], **options: Any
    ) -> None:
        super().__init__(label, **options)  # type: ignore[no-untyped-call]
        self.read, self.show = read, show

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        text = (tidy(valuelist[0]) if valuelist else None) or ""
        if text:
            try:
                self.data = self.read(text)
            except Unreadable as error:
                raise ValueError(error.sentence) from None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.show(self.data)


def major_units(minor: int) -> Decimal:
    """An amount as the reader writes it: in the currency's unit, or in tomans."""
    formats = current()
    is_toman = formats.currency == "IRR" and formats.money_unit == "toman"
    amount = Decimal(minor).scaleb(-1 if is_toman else -currency_exponent(formats.currency))
    return amount.quantize(Decimal(1)) if is_toman and amount == int(amount) else amount


def money_text(minor: int) -> str:
    """An amount for an input: the reader's digits without the currency."""
    return format_number(major_units(minor))


def plain_quantity(quantity: Decimal) -> Decimal:
    """1.000 as 1 and 0.500 as 0.5."""
    whole = quantity.to_integral_value()
    return whole if whole == quantity else quantity.normalize()


def show_quantity(quantity: Decimal | int) -> str:
    """A quantity without the zeros that its column stores."""
    return format_number(plain_quantity(Decimal(quantity)))


def read_money(text: str) -> int:
    """Minor units that sums of orders can hold. Raises Unreadable."""
    amount = parse_money(text)
    if abs(amount) > MOST_MONEY:
        raise Unreadable(_l("This amount is too large. Check the number of zeros."))
    return amount


def read_price(text: str) -> int:
    """A price in minor units: zero or more. Raises Unreadable."""
    amount = read_money(text)
    if amount < 0:
        raise Unreadable(_l("Write a price of zero or more."))
    return amount


def refuse(field: Any, *sentences: str) -> None:
    """Have a field say what is wrong with it."""
    field.errors = list(sentences)


def plain_code(text: str | None) -> str | None:
    """A code as it is stored: on one line, with ASCII digits; None when there is none."""
    return to_ascii_digits(tidy(text) or "") or None


class ProductForm(Form):
    """Name, code and price of a product."""

    id = HiddenField()
    version = HiddenField()
    name = StringField(
        _l("Name"),
        filters=[tidy],
        validators=[
            InputRequired(_l("Write the product's name.")),
            Length(max=200, message=_l("Use at most %(most)s characters.", most=lazy_number(200))),
        ],
    )
    code = StringField(
        _l("Code"),
        filters=[plain_code],
        validators=[
            Length(max=64, message=_l("Use at most %(most)s characters.", most=lazy_number(64)))
        ],
    )
    unit_price = ReadField(_l("Price"), read_price, money_text)
