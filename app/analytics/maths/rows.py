"""Equal customers as one weighted row: what makes a million of them quick."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from app.analytics.maths.kinds import Codes, Floats, Ints


@dataclass(frozen=True)
class Rows:
    """Distinct (x, t_x, T) with the number of customers that share them; all (n,).

    The values live in tables (x, t_x, T) that the codes (x_at, t_x_at, T_at) point into.
    """

    x: Floats
    t_x: Floats
    T: Floats
    x_at: Codes
    t_x_at: Codes
    T_at: Codes
    weight: Floats

    def __len__(self) -> int:
        return len(self.weight)

    @property
    def customers(self) -> float:
        """How many customers the rows stand for."""
        return float(self.weight.sum())


def checked(
    frequency: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike
) -> tuple[Floats, Floats, Floats]:
    """The three as float arrays (n,); ValueError when they cannot be a customer summary."""
    x, t_x, T = (np.asarray(v, dtype=np.float64).ravel() for v in (frequency, recency, age))
    if not len(x) == len(t_x) == len(T):
        raise ValueError("frequency, recency and age must have one length")
    if not all(bool(np.isfinite(v).all()) for v in (x, t_x, T)):
        raise ValueError("frequency, recency and age must be finite numbers")
    if bool((x < 0).any()) or bool((x != np.floor(x)).any()):
        raise ValueError("frequency must be whole numbers from 0 up")
    if bool((t_x < 0).any()) or bool((t_x > T).any()):
        raise ValueError("recency must lie between 0 and age")
    if bool(((x == 0) != (t_x == 0)).any()):
        raise ValueError("recency must be 0 exactly where frequency is 0")
    return x, t_x, T


def compress(
    frequency: npt.ArrayLike,
    recency: npt.ArrayLike,
    age: npt.ArrayLike,
    weight: npt.ArrayLike | None = None,
) -> Rows:
    """Distinct (x, t_x, T) with weights, from arrays (n,); the order of customers is lost."""
    x, t_x, T = checked(frequency, recency, age)
    (x_at, xs), (t_at, ts), (T_at, Ts) = (_coded(v) for v in (x, t_x, T))
    key = (x_at * len(Ts) + T_at) * len(ts) + t_at
    keys, weights = _counted(key, weight)
    pair, t_of = np.divmod(keys, max(len(ts), 1))
    x_of, T_of = np.divmod(pair, max(len(Ts), 1))
    return Rows(xs, ts, Ts, x_of, t_of, T_of, weights)


def _coded(values: Floats) -> tuple[Codes, Floats]:
    """Codes (n,) into a sorted table, so that the result does not depend on the input's order."""
    codes, table = pd.factorize(values)
    order = np.argsort(table)
    rank = np.empty(len(table), dtype=np.intp)
    rank[order] = np.arange(len(table))
    return rank[codes], np.asarray(table, dtype=np.float64)[order]


def _counted(key: Codes, weight: npt.ArrayLike | None) -> tuple[Ints, Floats]:
    if weight is not None:
        keys, place = np.unique(key, return_inverse=True)
        given = np.asarray(weight, dtype=np.float64).ravel()
        return keys, np.bincount(place, weights=given, minlength=len(keys)).astype(np.float64)
    ordered = np.sort(key)
    starts = np.flatnonzero(np.r_[len(ordered) > 0, ordered[1:] != ordered[:-1]])
    return ordered[starts], np.diff(np.r_[starts, len(ordered)]).astype(np.float64)
