"""Which column fills which field, and whether that is enough to import."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from app.l10n import fold, to_ascii_digits


def complaint(mapping: Mapping[str, str]) -> str:
    """The sentence that says what a mapping still lacks; "" when it can be used."""
    if "date" not in mapping:
        return _("Choose the column with the order date.")
    if "total" not in mapping and "unit_price" not in mapping:
        return _("Choose the column with the total of the line, or with the price for one.")
    return ""


def heading_named(name: str, columns: list[str]) -> str | None:
    """The heading of this name, in any case, or of this number from 1; "" for "", else None."""
    if not name:
        return ""
    by_name = {fold(heading): heading for heading in reversed(columns)}
    if name in columns:
        return name
    if fold(name) in by_name:
        return by_name[fold(name)]
    number = to_ascii_digits(name)
    if number.isdecimal() and 1 <= int(number) <= len(columns):
        return columns[int(number) - 1]
    return None
