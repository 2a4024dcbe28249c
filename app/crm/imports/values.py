"""From the cells of a row to the values of an order line, or to the reason why not."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Generic, TypeVar, cast

from flask_babel import gettext as _

from app.crm.imports.guessing import SERIAL
from app.l10n import (
    DateOrder,
    Unreadable,
    currency_exponent,
    current,
    fold,
    format_date,
    from_excel_serial,
    parse_date,
    parse_money,
    parse_number,
    today,
)

EARLIEST = date(1950, 1, 1)
REMEMBERED = 50_000
LARGEST = 10**17
_PLAIN = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,9})?")
_WORDY = re.compile(r"[^\W\d_]|[^\x00-\x7f]|\$")
_FLOATED = re.compile(r"([0-9]+)\.0")

Value = TypeVar("Value")


class RefusedRow(Exception):
    """A row that does not come in: the kind of reason, and the sentence about this row."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind, self.sentence = kind, sentence


@dataclass(frozen=True, slots=True)
class Line:
    """One order line as read. `customer` is the key that rows of one customer share: r: and the
    reference, e: and the email or n: and the folded name; None for anonymous revenue.

    `amount` is in minor units; `disagrees` says that the total is not quantity times price.
    """

    customer: str | None
    reference: str | None
    name: str | None
    email: str | None
    phone: str | None
    city: str | None
    ordered_on: date
    number: str
    is_cancelled: bool
    product: str | None
    product_name: str | None
    quantity: Decimal
    amount: int
    disagrees: bool


class Remembering(dict[str, Any], Generic[Value]):
    """Each distinct text is read once; forgets all when it has grown too large."""

    def __init__(self, read: Callable[[str], Value]) -> None:
        super().__init__()
        self.read = read

    def __missing__(self, text: str) -> Value:
        if len(self) >= REMEMBERED:
            self.clear()
        value = self[text] = self.read(text)
        return value


class LineReader:
    """Reads rows into lines by a mapping (field -> position of its column) and the options.

    options: `date_order`, `decimal`, `cancelled_prefix`, `customer_names` (the customer column
    holds names).
    """

    def __init__(self, places: Mapping[str, int], options: Mapping[str, Any]) -> None:
        self.places = places
        self.order = cast("DateOrder | None", options.get("date_order") or None)
        self.decimal = cast("Any", options.get("decimal") or ".")
        self.prefix = str(options.get("cancelled_prefix") or "")
        self.has_names = bool(options.get("customer_names"))
        self.latest = today() + timedelta(days=1)
        self.exponent = currency_exponent(current().currency)
        self.shift = self.exponent + (current().money_unit == "toman")
        self.dates = Remembering(self._read_date)
        self.figures = Remembering(self._read_money)
        self.counts = Remembering(self._read_quantity)
        self.folded = Remembering(fold)

    def read(self, cells: list[str]) -> Line:
        """The line in these cells; raises RefusedRow."""
        get = self._getter(cells)
        day = self._day(get("date"))
        key, reference, name = self._customer(get)
        quantity, amount, disagrees = self._amounts(get)
        number = _code(get("order"))
        cancelled = bool(self.prefix) and number.startswith(self.prefix)
        if cancelled and (amount > 0 or quantity > 0):
            quantity, amount = -abs(quantity), -abs(amount)
        return Line(
            key, reference, name, get("customer_email") or None, get("customer_phone") or None,
            get("city") or None, day, number or _number_for(day, key),
            cancelled, _code(get("product")) or get("product_name") or None,
            get("product_name") or None, quantity, amount, disagrees,
        )  # fmt: skip

    def _getter(self, cells: list[str]) -> Callable[[str], str]:
        places = self.places

        def get(field: str) -> str:
            place = places.get(field)
            return "" if place is None else cells[place]

        return get

    def _day(self, text: str) -> date:
        if not text:
            raise RefusedRow("no-date", _("The row has no date."))
        found = self.dates[text]
        if isinstance(found, RefusedRow):
            raise found.with_traceback(None)
        return cast("date", found)

    def _read_date(self, text: str) -> date | RefusedRow:
        try:
            if SERIAL.fullmatch(text):
                day = from_excel_serial(float(text)).date()
            else:
                day = parse_date(text, order=self.order)
        except Unreadable as error:
            return RefusedRow("date", f"{_not('date', text)} {error.sentence}")
        if day > self.latest:
            return RefusedRow(
                "future", _("The date %(day)s is still to come.", day=format_date(day))
            )
        if day < EARLIEST:
            return RefusedRow("past", _("The date %(day)s is before 1950.", day=format_date(day)))
        return day

    def _customer(self, get: Callable[[str], str]) -> tuple[str | None, str | None, str | None]:
        """(key, reference, name) of the customer; no key when the row names none."""
        code, name, email = _code(get("customer")), get("customer_name"), get("customer_email")
        if code and not self.has_names:
            return f"r:{code}", code, name or code
        name = code or name
        if email and "@" in email and not code:
            return f"e:{email.lower()}", None, name or email
        return (f"n:{self.folded[name]}", None, name) if name else (None, None, None)

    def _amounts(self, get: Callable[[str], str]) -> tuple[Decimal, int, bool]:
        """(quantity, amount in minor units, whether total and price disagree)."""
        quantity_text, price_text, total_text = get("quantity"), get("unit_price"), get("total")
        quantity = self._figure(self.counts, quantity_text) if quantity_text else Decimal(1)
        price = self._figure(self.figures, price_text) if price_text else None
        if not total_text and price is None:
            raise RefusedRow("no-amount", _("The row has neither a total nor a price."))
        by_price = None if price is None else _whole(quantity * price)
        amount = _whole(self._figure(self.figures, total_text)) if total_text else by_price
        if amount is None or abs(amount) > LARGEST:
            raise RefusedRow("amount", _("The amount is too large. Check the number of zeros."))
        if quantity < 0 or (by_price is not None and by_price < 0):
            amount = -abs(amount)
        if amount < 0 < quantity and (price is None or price >= 0):
            quantity = -quantity
        leeway = 1 + abs(quantity) / 2
        disagrees = by_price is not None and abs(abs(by_price) - abs(amount)) > leeway
        return quantity, amount, disagrees

    def _figure(self, memory: Remembering[Any], text: str) -> Decimal:
        found = memory[text]
        if isinstance(found, RefusedRow):
            raise found.with_traceback(None)
        return cast("Decimal", found)

    def _read_quantity(self, text: str) -> Decimal | RefusedRow:
        try:
            quantity = parse_number(text, self.decimal)
        except Unreadable:
            return RefusedRow("quantity", _not("quantity", text))
        if abs(quantity) >= 10**11:
            return RefusedRow(
                "quantity", _("The quantity is too large. Check the number of zeros.")
            )
        return quantity.quantize(Decimal("0.001"), ROUND_HALF_EVEN)

    def _read_money(self, text: str) -> Decimal | RefusedRow:
        """The amount in minor units, not yet rounded."""
        try:
            if self.decimal == "." and _PLAIN.fullmatch(text):
                return Decimal(text).scaleb(self.shift)
            if not _WORDY.search(text):
                return parse_number(text, self.decimal).scaleb(self.shift)
            return self._with_unit(text)
        except Unreadable as error:
            return RefusedRow("amount", f"{_not('amount', text)} {error.sentence}")

    def _with_unit(self, text: str) -> Decimal:
        """An amount with a word or sign: it must be this workspace's currency."""
        minor = parse_money(text, decimal=self.decimal, round_to_minor=True)
        try:
            figure = parse_number(text, self.decimal)
        except Unreadable:
            return Decimal(minor)
        exact = (figure.scaleb(shift) for shift in (self.exponent, self.exponent + 1))
        return next((value for value in exact if abs(value - minor) <= 1), Decimal(minor))


def _not(kind: str, text: str) -> str:
    shown = text if len(text) <= 40 else text[:39] + "…"
    sentences = {
        "date": _("“%(text)s” is not a date.", text=shown),
        "quantity": _("“%(text)s” is not a quantity.", text=shown),
        "amount": _("“%(text)s” is not an amount of money.", text=shown),
    }
    return sentences[kind]


def _whole(figure: Decimal) -> int:
    return int(figure.to_integral_value(ROUND_HALF_EVEN))


def _code(text: str) -> str:
    """A number or code as people write it: spreadsheets that pass by a float write 17850.0."""
    match = _FLOATED.fullmatch(text)
    return match[1] if match else text


def _number_for(day: date, key: str | None) -> str:
    """The order number of rows without one: one order for each customer and day."""
    return f"{day.isoformat()}-{key[2:]}" if key else day.isoformat()
