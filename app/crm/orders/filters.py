"""What the address of the order list asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from flask import request
from flask_babel import gettext as _

from app.crm.products.forms import read_money
from app.crm.products.paging import typed
from app.l10n import Unreadable, parse_date
from app.web import Missing, given_uuid

SORTS = ("date", "total", "number")
KINDS = ("purchases", "returns")
NO_CUSTOMER = "none"


@dataclass(frozen=True)
class OrderFilters:
    """Filters and sort of the list; `errors` has a sentence for each parameter not understood.

    `start` and `end` are days on the tenant's clock, both included; `at_least` is in minor units.
    """

    q: str = ""
    start: date | None = None
    end: date | None = None
    contact_id: UUID | None = None
    without_customer: bool = False
    product_id: UUID | None = None
    import_id: UUID | None = None
    kind: str = ""
    at_least: int | None = None
    sort: str = "-date"
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def column(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def descending(self) -> bool:
        return self.sort.startswith("-")

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the sort is asked for."""
        return self != OrderFilters(sort=self.sort)


def read_filters() -> OrderFilters:
    """The filters in the address; an id that is none at all is as missing as a foreign one."""
    errors: dict[str, str] = {}
    start, end = _read("from", parse_date, errors), _read("to", parse_date, errors)
    if start and end and start > end:
        errors["to"] = _("The last day is before the first. Change one of them.")
    sort, kind, contact = typed("sort"), typed("kind"), typed("contact")
    return OrderFilters(
        q=typed("q"),
        start=start,
        end=end,
        contact_id=None if contact == NO_CUSTOMER else _id("contact"),
        without_customer=contact == NO_CUSTOMER,
        product_id=_id("product"),
        import_id=_id("import"),
        kind=kind if kind in KINDS else "",
        at_least=_read("least", read_money, errors),
        sort=sort if sort.removeprefix("-") in SORTS else "-date",
        errors=errors,
    )


def _read(name: str, read: Callable[[str], Any], errors: dict[str, str]) -> Any:
    text = typed(name)
    if not text:
        return None
    try:
        return read(text)
    except Unreadable as error:
        errors[name] = str(error.sentence)
        return None


def _id(name: str) -> UUID | None:
    text = request.args.get(name, "")
    found = given_uuid(text)
    if text and found is None:
        raise Missing
    return found
