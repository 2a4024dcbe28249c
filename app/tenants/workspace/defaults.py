"""What a new workspace most likely wants, read from the language of its first visitor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from babel.core import get_global
from babel.numbers import get_territory_currencies

# Regions with several zones: the one where most people live.
_ZONES = {
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CN": "Asia/Shanghai",
    "DE": "Europe/Berlin",
    "ES": "Europe/Madrid",
    "ID": "Asia/Jakarta",
    "KZ": "Asia/Almaty",
    "MX": "America/Mexico_City",
    "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "US": "America/New_York",
}


@dataclass(frozen=True)
class Defaults:
    """Formats to offer; every one of them can be changed in the form."""

    language: str
    calendar: str
    digits: str
    timezone: str
    currency: str
    money_unit: str
    region: str


def defaults_for(language: str, accepted: Iterable[str]) -> Defaults:
    """Defaults for the page's language; `accepted` are the browser's tags, the best first."""
    if language == "fa":
        return Defaults("fa", "jalali", "persian", "Asia/Tehran", "IRR", "toman", "IR")
    region = next(filter(None, map(_region_of, accepted)), "US")
    currency = next(iter(get_territory_currencies(region)), "USD")
    return Defaults("en", "gregorian", "latin", _zone_of(region), currency, "", region)


def _region_of(tag: str) -> str | None:
    """The region of "en-GB" or, for a bare "de", where the language is most spoken."""
    parts = tag.replace("_", "-").split("-")
    for part in parts[1:]:
        if len(part) == 2 and part.isalpha():
            return part.upper()
    if parts[0].lower() == "en":
        return None
    likely = get_global("likely_subtags").get(parts[0].lower(), "")
    return likely.rpartition("_")[2] or None


def _zone_of(region: str) -> str:
    if region in _ZONES:
        return _ZONES[region]
    zones = get_global("zone_territories").items()
    return next((zone for zone, territory in zones if territory == region), "UTC")
