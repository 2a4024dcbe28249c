"""RFM: fifths of recency, frequency and money, and the groups that they make."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from app.analytics.datasets import OrderDays
from app.analytics.maths.kinds import Codes, Floats, Ints
from app.analytics.maths.rfm import SEGMENTS, Scores, score
from app.analytics.maths.summary import Occasions, occasions
from app.analytics.reports.base import Basis, Outcome, Tell
from app.analytics.reports.common import covered
from app.analytics.reports.segments.parameters import SegmentsParameters
from app.crm.scores.actions import Segmented


def compute(days: OrderDays, parameters: SegmentsParameters, basis: Basis, tell: Tell) -> Outcome:
    """Sizes, values and medians of the groups; value in minor units. Raises ThinData."""
    found = occasions(*days.columns, until=basis.as_of)
    tell(0.4)
    people = _People(found, basis.as_of)
    scores = score(people.days_since, people.orders, people.value)
    result = {
        "customers": len(people.value),
        "value": int(people.value.sum()),
        "segments": _groups(people, scores),
        "grid": _grid(scores),
        **covered(days, basis),
    }
    tell(0.8)
    contacts = [days.contacts[code] for code in found.codes[people.codes].tolist()]
    is_usual = parameters.observation_end is None
    return Outcome(result, Segmented(contacts, scores.names()) if is_usual else None)


class _People:
    """Each customer (n,): days since the last occasion, occasions, net value in minor units."""

    def __init__(self, found: Occasions, as_of: date) -> None:
        first = np.flatnonzero(found.starts())
        last = np.r_[first[1:], len(found.day)] - 1
        today = (as_of - date(1970, 1, 1)).days
        self.codes: Codes = found.customer[first]
        self.days_since: Ints = today - found.day[last]
        self.orders: Ints = last - first + 1
        self.value: Floats = np.add.reduceat(found.value, first)


def _groups(people: _People, scores: Scores) -> list[dict[str, Any]]:
    """The groups that have customers, in the order of `SEGMENTS`."""
    found = []
    for index, name in enumerate(SEGMENTS):
        inside = scores.segment == index
        if inside.any():
            found.append(_group(name, people, inside))
    return found


def _group(name: str, people: _People, inside: Any) -> dict[str, Any]:
    return {
        "name": name,
        "size": int(inside.sum()),
        "value": int(people.value[inside].sum()),
        "days_since": float(np.median(people.days_since[inside])),
        "orders": float(np.median(people.orders[inside])),
        "median_value": float(np.median(people.value[inside])),
    }


def _grid(scores: Scores) -> list[list[int]]:
    """Customers by recency score (5 first) and the mean of frequency and money score (1 first)."""
    both = (scores.frequency + scores.monetary + 1) // 2
    cells = np.bincount((5 - scores.recency) * 5 + both - 1, minlength=25).reshape(5, 5)
    rows: list[list[int]] = cells.tolist()
    return rows
