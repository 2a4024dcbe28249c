"""What people may set on a report: read from an address or a command, checked, kept as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, Self

from flask_babel import gettext as _

from app.l10n import Unreadable, format_number, parse_date, parse_percent, today
from app.web import Refused

Given = Mapping[str, str]


class BadParameter(Refused):
    """A parameter that cannot be read; `name` says which, the sentence what it takes."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name = name


@dataclass(frozen=True)
class Parameters:
    """What every report takes: the last day that it looks at, None for the usual one."""

    observation_end: date | None = None

    @classmethod
    def parse(cls, given: Given) -> Self:
        """The parameters that the text values give; raises BadParameter."""
        raise NotImplementedError

    @classmethod
    def names(cls) -> list[str]:
        return [field.name for field in fields(cls)]

    def as_json(self) -> dict[str, Any]:
        """Plain values for storing; `from_json` is the way back."""
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        days = {name for name in stored if name.endswith("_end") and stored[name]}
        return cls(
            **{
                name: date.fromisoformat(value) if name in days else value
                for name, value in stored.items()
            }
        )

    def as_query(self, **changes: Any) -> dict[str, str]:
        """The query string's values, those that differ from the report's defaults."""
        merged = {**self.as_json(), **changes}
        usual = type(self)().as_json()
        return {
            name: f"{value:g}" if isinstance(value, float) else str(value)
            for name, value in merged.items()
            if value is not None and value != usual[name]
        }


def refuse_unknown(given: Given, known: Sequence[str]) -> None:
    """Raise BadParameter for a name that the report does not take."""
    for name in given:
        if name not in known:
            sentence = _(
                "There is no parameter %(name)s here: use %(known)s.",
                name=name,
                known=", ".join(known),
            )
            raise BadParameter(name, sentence)


def one_of(given: Given, name: str, choices: Sequence[str], usual: str) -> str:
    """One of a few words."""
    value = given.get(name) or usual
    if value not in choices:
        sentence = _(
            "%(name)s takes %(choices)s, not “%(given)s”.",
            name=name,
            choices=", ".join(choices),
            given=value,
        )
        raise BadParameter(name, sentence)
    return value


def past_day(given: Given, name: str) -> date | None:
    """A date in any writing of the tenant, not after today; or None."""
    typed = (given.get(f"{name}_iso") or given.get(name) or "").strip()
    if not typed:
        return None
    try:
        value = parse_date(typed)
    except Unreadable as error:
        raise BadParameter(name, f"{name}: {error.sentence}") from None
    if value > today():
        sentence = _("%(name)s must not lie after today.", name=name)
        raise BadParameter(name, sentence)
    return value


def per_cent(given: Given, name: str, usual: float, lowest: float, highest: float) -> float:
    """A per cent between two bounds: `9` and `9%` are both 9."""
    typed = (given.get(name) or "").strip()
    if not typed:
        return usual
    sentence = _(
        "%(name)s takes a per cent between %(lowest)s and %(highest)s, not “%(given)s”.",
        name=name,
        lowest=format_number(lowest),
        highest=format_number(highest),
        given=typed,
    )
    try:
        value = round(float(parse_percent(typed)) * 100, 4)
    except (Unreadable, OverflowError):
        raise BadParameter(name, sentence) from None
    if not lowest <= value <= highest:
        raise BadParameter(name, sentence)
    return value
