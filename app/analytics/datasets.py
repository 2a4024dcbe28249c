"""From a `Select` to a typed frame, read in chunks through the session's own connection.

The connection matters: row-level security belongs to the session's transaction, and a frame read
through the engine would be empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import BigInteger, Select, Text, cast, func, literal, or_, select

from app.crm.contacts.models import Contact
from app.crm.orders.models import Order
from app.database import expect_many_rows
from app.extensions import db

CHUNK = 50_000
_EPOCH = date(1970, 1, 1)


def read_frame(statement: Select[*tuple[Any, ...]], types: Mapping[str, str]) -> pd.DataFrame:
    """The rows of the statement, its columns named and typed by `types` in their order."""
    result = db.session.execute(statement, execution_options={"yield_per": CHUNK})
    chunks = [_chunk(rows, types) for rows in result.partitions()]
    return pd.concat(chunks or [_chunk([], types)], ignore_index=True)


def _chunk(rows: Sequence[Any], types: Mapping[str, str]) -> pd.DataFrame:
    columns: Iterable[Sequence[Any]] = zip(*rows, strict=True) if rows else [[] for _ in types]
    named = zip(types.items(), columns, strict=True)
    return pd.DataFrame(
        {name: pd.Series(list(values), dtype=kind) for (name, kind), values in named}
    )


@dataclass(frozen=True)
class LeftOut:
    """Orders that no customer model sees, and their net money in minor units."""

    anonymous_orders: int
    anonymous_revenue: int
    binned_orders: int
    later_orders: int


@dataclass(frozen=True)
class OrderDays:
    """What each customer bought and returned on each local day, up to and including `until`.

    frame: contact (int64, position in `contacts`), day (datetime64[s]), value (int64, net minor
    units), is_purchase (bool; false for the day's returns, whose value is negative). Several
    orders on one day are one row. contacts: ids by code.
    """

    frame: pd.DataFrame
    contacts: list[str]
    left_out: LeftOut
    until: date

    @cached_property
    def columns(self) -> tuple[npt.NDArray[Any], ...]:
        """The four columns as arrays (n,), in the order that the estimators take them."""
        names = ("contact", "day", "value", "is_purchase")
        return tuple(self.frame[name].to_numpy() for name in names)

    def span(self) -> tuple[date, date] | None:
        """The first and the last day with a purchase; None without any."""
        days = self.frame["day"].to_numpy()[self.frame["is_purchase"].to_numpy()]
        if not len(days):
            return None
        first, last = days.min().astype("datetime64[D]"), days.max().astype("datetime64[D]")
        return first.item(), last.item()


def order_days(until: date) -> OrderDays:
    """The customers' order days of the tenant entered. Orders are read, never their lines."""
    expect_many_rows()
    types = {"contact": "str", "day": "int64", "value": "int64", "is_purchase": "bool"}
    frame = read_frame(_order_days(until), types)
    codes, contacts = pd.factorize(frame["contact"])
    frame["contact"] = codes.astype(np.int64)
    days = frame["day"].to_numpy().astype("datetime64[D]").astype("datetime64[s]")
    return OrderDays(frame.assign(day=days), list(contacts), _left_out(until), until)


def _order_days(until: date) -> Select[str, date, int, bool]:
    return (
        select(
            cast(Order.contact_id, Text),
            Order.ordered_on - literal(_EPOCH),
            cast(func.sum(Order.total), BigInteger),
            ~Order.is_return,
        )
        .join(Contact, Contact.id == Order.contact_id)
        .where(Contact.deleted_at.is_(None), Order.ordered_on <= until)
        .group_by(Order.contact_id, Order.ordered_on, Order.is_return)
    )


def _left_out(until: date) -> LeftOut:
    anonymous = Order.contact_id.is_(None) & (Order.ordered_on <= until)
    binned = Contact.deleted_at.is_not(None) & (Order.ordered_on <= until)
    later = Order.ordered_on > until
    row = db.session.execute(
        select(
            func.count().filter(anonymous),
            cast(func.coalesce(func.sum(Order.total).filter(anonymous), 0), BigInteger),
            func.count().filter(binned),
            func.count().filter(later),
        )
        .select_from(Order)
        .outerjoin(Contact, Contact.id == Order.contact_id)
        .where(or_(anonymous, binned, later))
    ).one()
    return LeftOut(*row)
