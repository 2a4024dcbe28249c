"""From order days to what the purchase models know about each customer."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from app.analytics.maths.kinds import Codes, Days, Flags, Floats, Ints
from app.analytics.maths.thin import require

Unit = Literal["day", "week"]
DAYS_IN: dict[Unit, float] = {"day": 1.0, "week": 7.0}


@dataclass(frozen=True)
class Occasions:
    """Purchase occasions, one for each customer and local day, sorted by customer and day.

    customer (n,): index into `codes`; day (n,): days since 1970-01-01; value (n,): net money.
    """

    codes: Ints
    customer: Codes
    day: Ints
    value: Floats

    def starts(self) -> Flags:
        """Which occasions (n,) are their customer's first."""
        return np.asarray(np.r_[True, self.customer[1:] != self.customer[:-1]], dtype=np.bool_)

    def until(self, last: int) -> "Occasions":
        """The occasions on or before the day `last`."""
        known = self.day <= last
        return Occasions(self.codes, self.customer[known], self.day[known], self.value[known])


def occasions(
    customers: npt.ArrayLike,
    days: npt.ArrayLike,
    values: npt.ArrayLike,
    is_purchase: npt.ArrayLike,
    *,
    until: date | np.datetime64,
) -> Occasions:
    """Purchase occasions up to and including `until`.

    customers (n,) integer codes; days (n,) local dates; values (n,) money, negative for
    returns; is_purchase (n,) false for returns and cancellations.

    Several purchases on one day are one occasion. A return makes no occasion: its value is
    netted from the customer's latest occasion on or before its day, which it most probably
    belongs to; a return before any purchase is left out. Whatever happens after `until` is
    unknown, so a later return does not touch an earlier occasion.
    """
    codes, customer = np.unique(np.asarray(customers, dtype=np.int64), return_inverse=True)
    day, last = _day_numbers(days), _day_number(until)
    value = np.asarray(values, dtype=np.float64)
    bought = np.asarray(is_purchase, dtype=np.bool_)
    if not len(customer) == len(day) == len(value) == len(bought):
        raise ValueError("customers, days, values and is_purchase must have one length")
    require(bool(np.any(bought & (day <= last))), "no_purchases", rows=len(day))
    known = day <= last
    return _netted(codes, customer[known], day[known], value[known], bought[known])


def _netted(codes: Ints, customer: Codes, day: Ints, value: Floats, bought: Flags) -> Occasions:
    origin, span = int(day.min()), int(day.max() - day.min()) + 1
    key = customer * span + (day - origin)
    keys, place = np.unique(key[bought], return_inverse=True)
    total = np.bincount(place, weights=value[bought], minlength=len(keys)).astype(np.float64)
    back, returned = key[~bought], value[~bought]
    latest = np.searchsorted(keys, back, side="right") - 1
    matched = (latest >= 0) & (keys[latest] // span == back // span)
    total += np.bincount(latest[matched], weights=returned[matched], minlength=len(keys))
    return Occasions(codes, keys // span, keys % span + origin, total)


def summarise(
    customers: npt.ArrayLike,
    days: npt.ArrayLike,
    values: npt.ArrayLike,
    is_purchase: npt.ArrayLike,
    *,
    observation_end: date | np.datetime64,
    calibration_end: date | np.datetime64 | None = None,
    unit: Unit = "day",
) -> pd.DataFrame:
    """One row for each customer with a purchase on or before the calibration's end.

    Input as in `occasions`. Columns: customer (code), first_date (datetime64), frequency
    (repeat occasions, x), recency (first to last occasion, t_x), age (first occasion to the
    calibration's end, T), monetary_value (mean net value of the repeat occasions, 0 without
    any), total_value (net value of all known occasions). With `calibration_end` also
    holdout_frequency: occasions after it, up to `observation_end`. Times are in `unit`, with
    fractions. The first occasion stays out of monetary_value, as the spend model asks (Fader
    and Hardie 2013).

    Raises ThinData (no_purchases) and ValueError.
    """
    if calibration_end is None:
        found = occasions(customers, days, values, is_purchase, until=observation_end)
        return _frame(found, _day_number(observation_end), unit)
    if _day_number(calibration_end) > _day_number(observation_end):
        raise ValueError("calibration_end must not be after observation_end")
    found = occasions(customers, days, values, is_purchase, until=calibration_end)
    frame = _frame(found, _day_number(calibration_end), unit)
    later = occasions(customers, days, values, is_purchase, until=observation_end)
    held_out = later.day > _day_number(calibration_end)
    counts = np.bincount(later.customer[held_out], minlength=len(later.codes))
    return frame.assign(
        holdout_frequency=counts[np.searchsorted(later.codes, frame["customer"].to_numpy())]
    )


def _frame(found: Occasions, last: int, unit: Unit) -> pd.DataFrame:
    first = np.flatnonzero(found.starts())
    final = np.r_[first[1:], len(found.day)] - 1
    x, scale = final - first, DAYS_IN[unit]
    total = np.add.reduceat(found.value, first)
    return pd.DataFrame(
        {
            "customer": found.codes[found.customer[first]],
            "first_date": found.day[first].astype("datetime64[D]").astype("datetime64[s]"),
            "frequency": x,
            "recency": (found.day[final] - found.day[first]) / scale,
            "age": (last - found.day[first]) / scale,
            "monetary_value": (total - found.value[first]) / np.maximum(x, 1) * (x > 0),
            "total_value": total,
        }
    )


def _day_numbers(days: npt.ArrayLike) -> Ints:
    """Days since 1970-01-01 (n,), from dates or datetime64 of any unit."""
    stamps: Days = np.asarray(days).astype("datetime64[D]")
    if bool(np.isnat(stamps).any()):
        raise ValueError("days must not be missing")
    return stamps.astype(np.int64)


def _day_number(day: date | np.datetime64) -> int:
    return int(np.array(day, dtype="datetime64[D]").astype(np.int64))
