"""Money: integer minor units inside, a currency's own writing outside.

The number of decimals follows ISO 4217 and is fixed here, since stored amounts depend on it. The
one exception is the rial: its hundredth is out of use, so rials have none. A toman is ten rials
and only a way to show and read them (`Formats.money_unit`).
"""

import re
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.core import get_global
from babel.numbers import get_currency_symbol
from flask_babel import lazy_gettext as _

from app.l10n.formats import MISSING, Formats, Unreadable, current
from app.l10n.numbers import (
    LONGEST,
    DecimalMark,
    format_compact,
    format_number,
    read_figures,
    split_words,
)
from app.l10n.text import sort_key

_NO_DECIMALS = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "IRR", "ISK", "JPY", "KMF", "KRW"}
    | {"PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"}
)
_THREE_DECIMALS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
_PERSIAN_NAMES = {
    "USD": "دلار", "EUR": "یورو", "GBP": "پوند", "AED": "درهم", "TRY": "لیر", "IRR": "ریال",
}  # fmt: skip
_WORDS = {
    **{name: code for code, name in _PERSIAN_NAMES.items()},
    **dict.fromkeys(("تومان", "تومن", "toman", "tomans", "irt"), "toman"),
    **dict.fromkeys(("rial", "rials"), "IRR"),
    "€": "EUR",
    "£": "GBP",
}
_MULTIPLIERS = {
    **dict.fromkeys(("k", "هزار"), 3),
    **dict.fromkeys(("m", "million", "میلیون"), 6),
    **dict.fromkeys(("b", "bn", "billion", "میلیارد"), 9),
    "t": 12,
}
_LARGEST = 2**63 - 1
_PLAIN = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,2})?")


def currency_exponent(code: str) -> int:
    """Decimals of a currency: 2 for USD, 0 for JPY and IRR, 3 for KWD."""
    if code in _NO_DECIMALS:
        return 0
    return 3 if code in _THREE_DECIMALS else 2


def currencies() -> list[tuple[str, str]]:
    """(code, name) of every currency now in use, by name in the reader's language."""
    return list(_currencies(current().language))


@lru_cache(maxsize=4)
def _currencies(language: str) -> tuple[tuple[str, str], ...]:
    names = {**Locale.parse("en").currencies, **Locale.parse(language).currencies}
    tender = {
        code
        for history in get_global("territory_currencies").values()
        for code, _start, end, is_tender in history
        if is_tender and not end
    }
    return tuple(sorted(((c, names.get(c, c)) for c in tender), key=lambda e: sort_key(e[1])))


@lru_cache(maxsize=256)
def currency_label(code: str, language: str) -> str:
    """What stands beside the figure: "£", "AED" or «پوند»."""
    if language != "fa":
        return str(get_currency_symbol(code, locale="en"))
    return _PERSIAN_NAMES.get(code) or Locale.parse("fa").currencies.get(code, code)


def money_label(currency: str | None = None) -> str:
    """The unit's name for a field or a column head: "£", «تومان»."""
    formats = current()
    code = currency or formats.currency
    if _is_toman(code, formats):
        return "تومان" if formats.language == "fa" else "toman"
    return currency_label(code, formats.language)


def _is_toman(code: str, formats: Formats) -> bool:
    return code == "IRR" and formats.money_unit == "toman"


def format_money(
    minor: int | None,
    currency: str | None = None,
    compact: bool = False,
    decimals: int | None = None,
) -> str:
    """Minor units of `currency` (the tenant's without it) in the reader's writing.

    `compact` gives £9.4k or «۸۹ میلیون تومان», and £708 or £12.80 below a thousand; `decimals`
    rounds. None reads "–".
    """
    if minor is None:
        return MISSING
    formats = current()
    code = currency or formats.currency
    toman = _is_toman(code, formats)
    amount = Decimal(int(minor)).scaleb(-1 if toman else -currency_exponent(code))
    if (toman or compact) and amount == amount.to_integral_value():
        amount = amount.quantize(Decimal(1))
    shortened = compact and abs(amount) >= 1000
    figure = format_compact(amount, decimals) if shortened else format_number(amount, decimals)
    return _labelled(figure, money_label(code))


def _labelled(figure: str, label: str) -> str:
    if current().language == "fa" or label == "toman":
        return f"{figure}\u00a0{label}"
    sign, figure = ("−", figure[1:]) if figure.startswith("−") else ("", figure)
    return f"{sign}{label}\u00a0{figure}" if label.isalpha() else f"{sign}{label}{figure}"


def parse_money(
    text: str,
    currency: str | None = None,
    decimal: DecimalMark | None = None,
    round_to_minor: bool = False,
) -> int:
    """Minor units of `currency` (the tenant's without it). Raises Unreadable.

    «تومان» or «ریال» in the text decide; without either the reader's unit does. Another currency
    is refused. A point before exactly three digits groups thousands, unless the currency has three
    decimals or `decimal` says otherwise. `round_to_minor` rounds half up what would be refused.
    """
    formats = current()
    code = currency or formats.currency
    if decimal != "," and _PLAIN.fullmatch(text):
        shift = currency_exponent(code) + _is_toman(code, formats)
        return _minor_units(Decimal(text), shift, code, round_to_minor)
    rest, words = split_words(_without_label(text, code))
    units = {_WORDS.get(word, word) for word in words if word not in _MULTIPLIERS}
    power = sum(_MULTIPLIERS.get(word, 0) for word in words)
    exponent = currency_exponent(code) + _toman_shift(units, code, formats)
    figure = read_figures(rest, decimal, is_money=currency_exponent(code) < 3)
    return _minor_units(figure.scaleb(power), exponent, code, round_to_minor)


def _without_label(text: str, code: str) -> str:
    """The currency's own label may hold several words, so it goes as a whole."""
    if len(text) > LONGEST:
        return text
    spaced = text.replace("\u00a0", " ")
    for label in (currency_label(code, "en"), currency_label(code, "fa")):
        if label != "ریال":
            spaced = spaced.replace(label, " ", 1)
    return spaced


def _toman_shift(units: set[str], code: str, formats: Formats) -> int:
    """1 when the amount is in tomans, else 0; refuses any other unit."""
    if not units:
        return int(_is_toman(code, formats))
    if units == {"toman"} and code == "IRR":
        return 1
    if units <= {code, code.lower()} or (units == {"$"} and "$" in currency_label(code, "en")):
        return 0
    label = currency_label(code, formats.language)
    raise Unreadable(
        _("Write the amount in %(currency)s, without another word or currency.", currency=label)
    )


def _minor_units(figure: Decimal, exponent: int, code: str, round_to_minor: bool) -> int:
    minor = figure.scaleb(exponent)
    whole = int(minor.to_integral_value("ROUND_HALF_UP"))
    if abs(whole) > _LARGEST:
        raise Unreadable(_("This amount is too large. Check the number of zeros."))
    if minor != whole and not round_to_minor:
        raise _too_many_decimals(exponent, code)
    return whole


def _too_many_decimals(exponent: int, code: str) -> Unreadable:
    label = money_label(code)
    if not exponent:
        return Unreadable(_("Leave out the decimals: %(currency)s has none.", currency=label))
    return Unreadable(
        _(
            "Write at most %(count)s decimals in %(currency)s.",
            count=format_number(exponent),
            currency=label,
        )
    )
