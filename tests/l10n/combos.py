"""Every way to combine the settings, and the two tenants that most tests speak of."""

from collections.abc import Callable
from itertools import product
from typing import Any

from hypothesis import strategies as st

from app.l10n import Formats, Unreadable

ENGLISH = Formats(timezone="Europe/London", currency="GBP", region="GB")
TEHRAN = Formats("fa", "jalali", "persian", "Asia/Tehran", "IRR", "IR", "toman")
AMERICAN = Formats(timezone="America/New_York")

COMBINATIONS = [
    Formats(language, calendar, digits, "Asia/Tehran", money_unit=unit)
    for language, calendar, digits, unit in product(
        ("en", "fa"), ("gregorian", "jalali"), ("latin", "persian"), ("", "toman")
    )
]
any_formats = st.sampled_from(COMBINATIONS)

JUNK = [
    "", " ", "-", ".", ",", "٫", "()", "(5", "5)", "--5", "-5-", "1.2.3,4,5", "1,2,3", "5 5",
    "😀", "5😀", "👩‍👩‍👧", "\x00", "5\x00", "\u202e5\u202e6", "½", "5²", "①x", "NaN", "inf",
    "1e999", "abc", "12abc34", "= 1+1", "0x10", "1_", "_", "٪", "𝟓𝟔x", "\ud7ff", "-2025-01-01",
    "44 BC", "15 March 44 BC", "0000-00-00", "0001-01-01", "99999-01-01", "2025-00-10",
    "2025-13-01", "2025-11-31", "1403/12/31", "32.01.2025", "2025-11-19 99:99", "1" * 65,
    "9" * 10_000_000, "1," * 5_000_000, "(" * 10_000_000, " " * 10_000_000, "آ" * 10_000_000,
]  # fmt: skip


def read_or_sentence(read: Callable[..., Any], *typed: Any) -> Any:
    """What was read, or the sentence of the refusal."""
    try:
        return read(*typed)
    except Unreadable as refused:
        return str(refused.sentence)
