"""What a report is made of. Nothing here imports NumPy: web processes read this."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.analytics.reports.parameters import Parameters
from app.crm.scores.actions import Segmented, Valued

if TYPE_CHECKING:
    from app.analytics.datasets import OrderDays

ANALYTICS = Path(__file__).parent.parent
Result = dict[str, Any]
Tell = Callable[[float], None]
Export = Callable[[Result, int], Iterator[list[Any]]]


@dataclass(frozen=True)
class Basis:
    """What a computation rests on besides the orders.

    as_of: the last day that counts; is_over: whether that day has ended, so that a period which
    ends on it is finished; is_old: whether as_of is the last order's day because nothing came
    since. Calendar and week_start (0 is Monday) are the tenant's; exponent is the currency's
    number of decimals.
    """

    as_of: date
    is_over: bool
    is_old: bool
    calendar: str
    week_start: int
    exponent: int

    @property
    def open_day(self) -> date:
        """The first day that is not over: the period that holds it is unfinished."""
        return self.as_of + timedelta(days=1) if self.is_over else self.as_of


@dataclass(frozen=True)
class Outcome:
    """A finished computation: plain JSON values, and what each contact is told to be."""

    result: Result
    scores: Segmented | Valued | None = None


class Lacking(Exception):
    """The orders hold nothing that this report could be about; as ThinData, which see."""

    def __init__(self, reason: str, **numbers: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.numbers = numbers


@dataclass(frozen=True)
class Report:
    """A report by its key; its computing half is imported when it first computes."""

    key: str
    title: Any
    icon: str
    question: Any
    parameters: type[Parameters]

    @property
    def endpoint(self) -> str:
        return f"{self.key}.page"

    def compute(self, days: OrderDays, parameters: Parameters, basis: Basis, tell: Tell) -> Outcome:
        """The outcome; `tell` hears the share of the work done. Raises ThinData and Lacking."""
        outcome: Outcome = self._half("compute").compute(days, parameters, basis, tell)
        return outcome

    def present(self, result: Result, facts: Any) -> Any:
        """What the report's template shows of a stored result that is not thin."""
        return self._half("present").present(result, facts)

    def headline(self, result: Result) -> Any:
        """The result in one sentence."""
        return self._half("present").headline(result)

    def tables(self) -> Mapping[str, Export]:
        """The tables that can be exported, by name; the first row of each is its head."""
        tables: Mapping[str, Export] = self._half("tables").TABLES
        return tables

    def printed(self, result: Result, exponent: int) -> Result:
        """The result for other programs: money in whole currency units."""
        return converted(result, self._half("tables").MONEY, exponent)

    def _half(self, name: str) -> Any:
        return import_module(f"app.analytics.reports.{self.key}.{name}")

    @cached_property
    def version(self) -> str:
        """Changes with the code that computes, so that no old result passes for a new one."""
        return _digest(self.key)


@lru_cache(maxsize=8)
def _digest(key: str) -> str:
    files = [
        ANALYTICS / "datasets.py",
        *(ANALYTICS / "maths").glob("*.py"),
        ANALYTICS / "reports" / key / "compute.py",
    ]
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def nothing(_share: float) -> None:
    """Tell nobody how far the work is."""


def in_major(minor: float | None, exponent: int) -> float | int | None:
    """Minor units as units of the currency, with no more decimals than it has."""
    if minor is None or exponent == 0:
        return minor
    return float(round(minor / 10**exponent, exponent))


def converted(result: Result, money: Sequence[str], exponent: int) -> Result:
    """A copy with the values at the dotted paths in units of the currency."""

    def at(path: str, value: Any) -> Any:
        if isinstance(value, list):
            return [at(path, one) for one in value]
        if isinstance(value, dict):
            return {name: at(f"{path}.{name}".lstrip("."), one) for name, one in value.items()}
        return in_major(value, exponent) if path in money and value is not None else value

    copy: Result = at("", result)
    return copy
