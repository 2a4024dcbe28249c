"""What the columns hold and how their values are written, guessed from names and values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import BinaryIO, get_args

from app.crm.imports.fields import FIELD_BY_HEADING, plain_heading
from app.crm.imports.reading import Layout, is_date, is_number, rows
from app.l10n import DateOrder, Unreadable, date_order, number_style, parse_date

MOST = 0.8
MOST_DATES = 20_000
ENOUGH = 1000
SERIAL = re.compile(r"[1-9][0-9]{4}(?:\.[0-9]+)?")

Samples = list[list[str]]


def guess_mapping(columns: list[str], samples: Samples) -> dict[str, str]:
    """field -> heading, by the headings' names first and then by what the values look like."""
    mapping = _by_name(columns)
    free = [heading for heading in columns if heading not in mapping.values()]
    for field, fits in (("date", is_date), ("customer_email", _is_email)):
        if field not in mapping and (found := _first_that(fits, columns, free, samples)):
            mapping[field] = found
            free.remove(found)
    if "total" not in mapping and "unit_price" not in mapping:
        numeric = [h for h in free if _share(is_number, columns.index(h), samples) >= MOST]
        if len(numeric) == 1:
            mapping["total"] = numeric[0]
    return mapping


def _by_name(columns: list[str]) -> dict[str, str]:
    ranked: dict[str, tuple[int, str]] = {}
    for heading in columns:
        field, rank = FIELD_BY_HEADING.get(plain_heading(heading), ("", 0))
        if field and (field not in ranked or rank < ranked[field][0]):
            ranked[field] = (rank, heading)
    return {field: heading for field, (_rank, heading) in ranked.items()}


def _is_email(text: str) -> bool:
    return re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text) is not None


def _first_that(
    fits: Callable[[str], bool], columns: list[str], free: list[str], samples: Samples
) -> str | None:
    return next((h for h in free if _share(fits, columns.index(h), samples) >= MOST), None)


def _share(fits: Callable[[str], bool], place: int, samples: Samples) -> float:
    """The share of a column's filled values that fit; 0 when none is filled."""
    values = list(dict.fromkeys(row[place] for row in samples if row[place]))[:100]
    return sum(map(fits, values)) / len(values) if values else 0.0


def guess_decimal(columns: list[str], mapping: Mapping[str, str], samples: Samples) -> str:
    """The decimal mark of the amounts: "." or ","."""
    fields = ("unit_price", "total", "quantity")
    places = [columns.index(mapping[field]) for field in fields if field in mapping]
    return number_style(row[place] for row in samples for place in places if row[place])


def holds_names(columns: list[str], mapping: Mapping[str, str], samples: Samples) -> bool:
    """Whether the customer column holds names, not numbers or codes: most have a space."""
    if "customer" not in mapping:
        return False
    return _share(_is_name, columns.index(mapping["customer"]), samples) > 0.5


def _is_name(text: str) -> bool:
    return " " in text and any(letter.isalpha() for letter in text)


def guess_date_order(file: BinaryIO, layout: Layout, place: int) -> DateOrder:
    """The order of day, month and year in the column: the one order that fits, else that which
    reads the most dates, else the region's.

    The first days of a month tell nothing, so the whole column is looked at, unless its first
    values are a workbook's own dates, which need no guess.
    """
    texts: dict[str, None] = {}
    for count, record in enumerate(rows(file, layout)):
        if layout.container == "xlsx" and count == ENOUGH and date_order(texts) == "ymd":
            break
        if record.cells and not record.problem:
            texts[_day_part(record.cells[place])] = None
            if len(texts) > MOST_DATES:
                break
    return date_order(texts) or _order_that_reads_most(texts)


def _day_part(text: str) -> str:
    """The text without a time of day, so that few distinct ones remain."""
    return re.split(r"[ T,]+(?=[0-9]{1,2}:)", text, maxsplit=1)[0]


def _order_that_reads_most(texts: Iterable[str]) -> DateOrder:
    usual: DateOrder = "mdy" if parse_date("01/02/2003") == date(2003, 1, 2) else "dmy"
    read: Counter[DateOrder] = Counter({usual: 1})
    for text in texts:
        read.update(order for order in get_args(DateOrder) if _reads(text, order))
    return max(read, key=lambda order: (read[order], order == usual))


def _reads(text: str, order: DateOrder) -> bool:
    try:
        parse_date(text, order=order)
    except Unreadable:
        return False
    return True
