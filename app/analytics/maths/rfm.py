"""RFM: recency, frequency and money in fifths, and the eleven usual groups."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from app.analytics.maths.kinds import Floats, Ints
from app.analytics.maths.thin import require

Segment = Literal[
    "champions",
    "loyal",
    "potential_loyalists",
    "new",
    "promising",
    "need_attention",
    "about_to_sleep",
    "at_risk",
    "cannot_lose",
    "hibernating",
    "lost",
]
SEGMENTS: tuple[Segment, ...] = get_args(Segment)
FIFTHS = 5
FEWEST_CUSTOMERS = 5

# By recency score (5 first), then by the mean of frequency and money score, 1 to 5.
_GROUPS: dict[int, tuple[Segment, Segment, Segment, Segment, Segment]] = {
    5: ("new", "potential_loyalists", "potential_loyalists", "champions", "champions"),
    4: ("promising", "potential_loyalists", "potential_loyalists", "loyal", "champions"),
    3: ("about_to_sleep", "about_to_sleep", "need_attention", "loyal", "loyal"),
    2: ("hibernating", "hibernating", "at_risk", "at_risk", "at_risk"),
    1: ("lost", "lost", "at_risk", "cannot_lose", "cannot_lose"),
}
_TABLE: Ints = np.array(
    [[SEGMENTS.index(group) for group in _GROUPS[score]] for score in range(1, FIFTHS + 1)]
)


@dataclass(frozen=True)
class Scores:
    """Scores 1 (worst) to 5 (best) of each customer (n,) and the group as index in `SEGMENTS`."""

    recency: Ints
    frequency: Ints
    monetary: Ints
    segment: Ints

    def names(self) -> list[Segment]:
        """The group's key of each customer."""
        return [SEGMENTS[index] for index in self.segment]

    def sizes(self) -> dict[Segment, int]:
        """How many customers each group has, empty groups included."""
        counts = np.bincount(self.segment, minlength=len(SEGMENTS)).tolist()
        return dict(zip(SEGMENTS, counts, strict=True))

    def totals(self, values: npt.ArrayLike) -> dict[Segment, float]:
        """The sum of `values` (n,) in each group, empty groups included."""
        weights = np.asarray(values, dtype=np.float64)
        sums = np.bincount(self.segment, weights=weights, minlength=len(SEGMENTS)).tolist()
        return dict(zip(SEGMENTS, sums, strict=True))


def score(days_since_last: npt.ArrayLike, occasions: npt.ArrayLike, money: npt.ArrayLike) -> Scores:
    """Scores and groups of customers (n,): days since the last occasion, occasions, total money.

    Raises ThinData (too_few_customers), ValueError.
    """
    R, F, M = (np.asarray(v, dtype=np.float64) for v in (days_since_last, occasions, money))
    if not len(R) == len(F) == len(M):
        raise ValueError("days_since_last, occasions and money must have one length")
    require(
        len(R) >= FEWEST_CUSTOMERS, "too_few_customers", customers=len(R), needed=FEWEST_CUSTOMERS
    )
    recency, frequency, monetary = fifths(-R), fifths(F), fifths(M)
    return Scores(recency, frequency, monetary, segments(recency, frequency, monetary))


def fifths(values: Floats) -> Ints:
    """Scores 1 to 5 (n,) from the share of customers with a strictly smaller value.

    Equal values always score the same, whatever their order: 0 to 20% below scores 1, and so on.
    Many ties therefore leave scores unused: where most bought once, all of them score 1. When
    all values are equal they say nothing, and everybody scores 3.
    """
    if not bool(np.isfinite(values).all()):
        raise ValueError("values must be finite numbers")
    ordered = np.sort(values)
    if len(values) and ordered[0] == ordered[-1]:
        return np.full(len(values), 3, dtype=np.int64)
    below = np.searchsorted(ordered, values, side="left").astype(np.int64)
    return below * FIFTHS // max(len(values), 1) + 1


def segments(recency: Ints, frequency: Ints, monetary: Ints) -> Ints:
    """Indexes (n,) into `SEGMENTS` of scores 1 to 5 (n,).

    The group depends on recency and on the mean of frequency and money, halves rounded up.
    """
    return np.asarray(_TABLE[recency - 1, (frequency + monetary + 1) // 2 - 1])


def segment_of(recency: int, frequency: int, monetary: int) -> Segment:
    """The group of one combination of scores, each 1 to 5."""
    if not all(1 <= value <= FIFTHS for value in (recency, frequency, monetary)):
        raise ValueError("scores run from 1 to 5")
    return _GROUPS[recency][(frequency + monetary + 1) // 2 - 1]
