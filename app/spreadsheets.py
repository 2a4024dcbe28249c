"""Cells of the CSV files that people open in a spreadsheet."""

from __future__ import annotations

import re

# Without it spreadsheets take UTF-8 for the machine's own encoding.
BOM = "\ufeff"

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"[+-]?[0-9][0-9.,]*")


def neutralised(text: str | None, *, keep_numbers: bool = False) -> str:
    """A cell that no spreadsheet takes for a formula.

    keep_numbers: leave a signed number as it is, in a file that is to be imported again.
    """
    text = text or ""
    if keep_numbers and _NUMBER.fullmatch(text):
        return text
    return f"'{text}" if text.lstrip(" ").startswith(_RISKY) else text
