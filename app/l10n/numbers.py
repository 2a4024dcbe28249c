"""Numbers as people write and read them.

Reading, when the text alone must decide which mark is the decimal one: «٫» always is and «٬»
never; of two different marks the last one is; a mark that stands twice groups thousands; a comma
before exactly three digits (1,234) groups thousands; any other lone mark is the decimal one, so
1.234 is a little more than one. A column is better read as a whole: `number_style` looks at its
values and its answer goes in as `decimal`, which then leaves nothing to guess.
"""

import re
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from numbers import Integral, Real
from typing import Literal

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.l10n.formats import MISSING, Formats, Unreadable, current
from app.l10n.text import fold, to_ascii_digits, to_digits

DecimalMark = Literal[".", ","]
Number = int | float | Decimal | Real

LONGEST = 64
_LRM, _MINUS = "\u200e", "−"
_CONTEXT = Context(prec=400, rounding=ROUND_HALF_UP)
_STEPS = {
    "en": ((12, "T"), (9, "B"), (6, "M"), (3, "k")),
    "fa": (
        (12, "\u00a0هزار میلیارد"),
        (9, "\u00a0میلیارد"),
        (6, "\u00a0میلیون"),
        (3, "\u00a0هزار"),
    ),
}

_SPACES = "\t\u00a0\u2002\u2003\u2007\u2008\u2009\u202f"
_CLEAN: dict[int, int | None] = {
    **str.maketrans(_SPACES + "−‒–﹣－٬’'،٫", " " * len(_SPACES) + "-----___,!"),
    **dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202E), *range(0x2066, 0x206A)], None),
}
_PLAIN = {mark: re.compile(rf"-?[0-9]{{1,18}}(?:\{mark}[0-9]{{1,18}})?") for mark in ".,"}
_SCIENTIFIC = re.compile(
    r"([+-]?[0-9]{1,18}(?:[.,!][0-9]{1,18})?)e([+-]?[0-9]{1,2})", re.IGNORECASE
)
_SIGNED = re.compile(r"(\()? *([+-])? *([0-9.,!_][0-9.,!_ ]*?) *([+-])? *(\))?")
_GROUPED = re.compile(
    r"[0-9]*|[0-9]{1,3}([.,_ ])[0-9]{3}(?:\1[0-9]{3})*|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}"
)
_THOUSANDS = {mark: re.compile(rf"[1-9][0-9]{{0,2}}\{mark}[0-9]{{3}}") for mark in ".,"}
_WORD = re.compile(r"[^\W\d_]+|[^\w\s.,!()+-]")
_MONEY_WORDS = frozenset(
    {"$", "€", "£", "¥", "₹", "ریال", "تومان", "تومن", "دلار", "یورو", "پوند", "درهم", "لیر"}
    | {"rial", "rials", "toman", "tomans", "irr", "usd", "eur", "gbp", "aed", "try", "cad", "aud"}
)


@lru_cache(maxsize=8)
def _marks(digits: str, language: str) -> dict[int, str]:
    minus = _LRM + _MINUS if language == "fa" else _MINUS
    return str.maketrans({",": "٬", ".": "٫", "-": minus} if digits == "persian" else {"-": minus})


def _localised(ascii_text: str, formats: Formats) -> str:
    return to_digits(ascii_text.translate(_marks(formats.digits, formats.language)))


def _as_decimal(value: Number | None) -> Decimal | None:
    """None for what is no finite number."""
    if value is None:
        return None
    if not isinstance(value, Decimal):
        value = Decimal(int(value) if isinstance(value, Integral) else repr(float(value)))
    return value if value.is_finite() else None


def _rounded(number: Decimal, decimals: int) -> Decimal:
    step = Decimal(1).scaleb(-decimals)
    return abs(number) * 0 if abs(number) * 2 < step else number.quantize(step, context=_CONTEXT)


def _trimmed(number: Decimal, decimals: int) -> str:
    text = f"{_rounded(number, decimals):,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if decimals else text


def format_number(value: Number | None, decimals: int | None = None) -> str:
    """`decimals` rounds half up; without it floats show two at most, other numbers all they have.

    None, NaN and infinities read "–".
    """
    number = _as_decimal(value)
    if number is None:
        return MISSING
    if decimals is not None:
        return _localised(f"{_rounded(number, decimals):,.{decimals}f}", current())
    exact = isinstance(value, Integral | Decimal)
    return _localised(f"{number:,f}" if exact else _trimmed(number, 2), current())


def lazy_number(value: Number) -> LazyString:
    """`format_number` for a sentence written before its reader is known: `lazy_gettext`'s."""
    return LazyString(format_number, value)


def format_percent(share: Number | None, decimals: int = 0) -> str:
    """A share of one: 0.52 reads 52%."""
    number = _as_decimal(share)
    if number is None:
        return MISSING
    sign = "٪" if current().digits == "persian" else "%"
    return format_number(number * 100, decimals) + sign


def format_compact(value: Number | None, decimals: int | None = None) -> str:
    """1,234,567 as 1.2M: one decimal at most below a hundred, none above, unless `decimals`."""
    number = _as_decimal(value)
    if number is None:
        return MISSING
    formats = current()
    text, step = _compact_parts(number, decimals, _STEPS[formats.language])
    return _localised(text, formats) + step


def _compact_parts(
    number: Decimal, decimals: int | None, steps: Sequence[tuple[int, str]]
) -> tuple[str, str]:
    """The larger step wins as soon as the rounded figure would read 1,000."""
    for power, word in steps:
        scaled = number.scaleb(-power)
        if abs(scaled) >= Decimal("0.9995"):
            return _compact_figure(scaled, decimals), word
    return _compact_figure(number, decimals), ""


def _compact_figure(number: Decimal, decimals: int | None) -> str:
    if decimals is not None:
        return f"{_rounded(number, decimals):,.{decimals}f}"
    return _trimmed(number, 1 if abs(number) < Decimal("99.95") else 0)


def parse_number(text: str, decimal: DecimalMark | None = None) -> Decimal:
    """Read a number in any digits, with marks, spaces, a sign, parentheses or a currency.

    `decimal` is the decimal mark of the column, see `number_style`. Raises Unreadable.
    """
    if _PLAIN[decimal or "."].fullmatch(text):
        return Decimal(text.replace(",", "."))
    rest, words = split_words(text)
    if any(word not in _MONEY_WORDS for word in words):
        raise not_a_number()
    return read_figures(rest, decimal)


def split_words(text: str) -> tuple[str, list[str]]:
    """The figures with marks in one spelling, and the folded words and signs around them."""
    if len(text) > LONGEST:
        raise not_a_number()
    cleaned = to_ascii_digits(text.translate(_CLEAN)).strip()
    if _SCIENTIFIC.fullmatch(cleaned):
        return cleaned, []
    words = [fold(word) for word in _WORD.findall(cleaned)]
    return _WORD.sub(" ", cleaned).strip(), words


def read_figures(cleaned: str, decimal: DecimalMark | None, is_money: bool = False) -> Decimal:
    """Figures from `split_words`. In money a point before exactly three digits groups thousands."""
    if scientific := _SCIENTIFIC.fullmatch(cleaned):
        figure, power = scientific.groups()
        return Decimal(re.sub("[,!]", ".", figure)).scaleb(int(power))
    match = _SIGNED.fullmatch(cleaned)
    if not match:
        raise not_a_number()
    opened, before, body, after, closed = match.groups()
    if bool(opened) != bool(closed) or (before and after):
        raise not_a_number()
    number = _unsigned(body, decimal or decimal_mark(body, is_money))
    is_negative = opened or "-" in (before, after)
    return -number if is_negative and number else number


def decimal_mark(body: str, is_money: bool = False) -> str:
    """The decimal mark of one unsigned number by the rules above; "" when it has none."""
    counts = {mark: body.count(mark) for mark in ".,"}
    present = [mark for mark in ".," if counts[mark]]
    if len(present) == 2:
        return max(present, key=body.rfind)
    if not present or counts[present[0]] > 1:
        return ""
    mark = present[0]
    groups = (mark == "," or is_money) and _THOUSANDS[mark].fullmatch(body)
    return "" if groups else mark


def _unsigned(body: str, mark: str) -> Decimal:
    if "!" in body:
        mark = "!"
    whole, fraction = body, ""
    if mark and mark in body:
        whole, _mark, fraction = body.rpartition(mark)
    fits = mark not in whole if mark else True
    if not (fits and _GROUPED.fullmatch(whole)) or not re.fullmatch("[0-9]*", fraction):
        raise not_a_number()
    if not whole and not fraction:
        raise not_a_number()
    digits = re.sub("[^0-9]", "", whole) or "0"
    return Decimal(f"{digits}.{fraction}" if fraction else digits)


def not_a_number() -> Unreadable:
    example = format_number(Decimal("1234.5"))
    return Unreadable(_("Write a number in figures, such as %(example)s.", example=example))


def parse_integer(text: str, decimal: DecimalMark | None = None) -> int:
    number = parse_number(text, decimal)
    if number != number.to_integral_value():
        raise Unreadable(_("Write a whole number, without decimals."))
    return int(number)


def parse_percent(text: str, decimal: DecimalMark | None = None) -> Decimal:
    """The share of one: "52%", "52" and «۵۲٪» are all 0.52."""
    return parse_number(re.sub("[%٪]", "", text[: LONGEST + 1]), decimal).scaleb(-2)


def parse_numbers(
    texts: Iterable[str], decimal: DecimalMark | None = None
) -> list[Decimal | Unreadable]:
    """`parse_number` over a column; what cannot be read stands in its place as Unreadable."""
    is_plain, comma = _PLAIN[decimal or "."].fullmatch, decimal == ","
    return [
        (Decimal(text.replace(",", ".")) if comma else Decimal(text))
        if is_plain(text)
        else _number_or_error(text, decimal)
        for text in texts
    ]


def _number_or_error(text: str, decimal: DecimalMark | None) -> Decimal | Unreadable:
    try:
        return parse_number(text, decimal)
    except Unreadable as error:
        return error.with_traceback(None)


def number_style(samples: Iterable[str]) -> DecimalMark:
    """Which mark is the decimal one in a column: the majority of the values that tell, else "."."""
    votes = {".": 0, ",": 0}
    for sample in samples:
        mark = _telling_mark(sample)
        if mark:
            votes[mark] += 1
    return "," if votes[","] > votes["."] else "."


def _telling_mark(sample: str) -> str:
    if len(sample) > LONGEST:
        return ""
    body = re.sub("[^0-9.,]", "", to_ascii_digits(sample.translate(_CLEAN)))
    mark = decimal_mark(body, is_money=True)
    if mark:
        return mark
    repeated = [mark for mark in ".," if body.count(mark) > 1]
    return {".": ",", ",": "."}[repeated[0]] if repeated else ""
