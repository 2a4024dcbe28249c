"""What every result says about the orders behind it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from app.analytics.datasets import OrderDays
from app.analytics.reports.base import Basis


def covered(days: OrderDays, basis: Basis) -> dict[str, Any]:
    """The days covered and the orders that no customer model sees."""
    first, last = days.span() or (None, None)
    return {
        "as_of": basis.as_of.isoformat(),
        "is_old": basis.is_old,
        "first_day": first.isoformat() if first else None,
        "last_day": last.isoformat() if last else None,
        "left_out": asdict(days.left_out),
    }
