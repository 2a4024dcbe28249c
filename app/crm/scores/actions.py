"""What analytics found out, written for all contacts at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Float, Text, Uuid, bindparam, text

from app.database import expect_many_rows
from app.extensions import db


@dataclass(frozen=True)
class Segmented:
    """Contacts (n,) and the machine key of the segment that each is in."""

    contacts: Sequence[str]
    segments: Sequence[str]


@dataclass(frozen=True)
class Valued:
    """Contacts (n,) and what each is worth over `months`, in minor units with its interval."""

    contacts: Sequence[str]
    worth: Sequence[int]
    low: Sequence[int]
    high: Sequence[int]
    expected_purchases: Sequence[float]
    months: int


_SEGMENT = text("""
    INSERT INTO contact_scores (id, contact_id, segment, segmented_at)
    SELECT gen_random_uuid(), contacts.id, given.segment, :at
    FROM unnest(:contacts, :segments) AS given (contact_id, segment)
    JOIN contacts ON contacts.id = given.contact_id
    ON CONFLICT (tenant_id, contact_id) DO UPDATE
    SET segment = excluded.segment, segmented_at = excluded.segmented_at, updated_at = now()
""").bindparams(
    bindparam("contacts", type_=ARRAY(Uuid(as_uuid=False))),
    bindparam("segments", type_=ARRAY(Text)),
)
_FORGET_SEGMENTS = text("""
    UPDATE contact_scores SET segment = NULL, segmented_at = NULL, updated_at = now()
    WHERE segmented_at <> :at
""")

_VALUE = text("""
    INSERT INTO contact_scores
      (id, contact_id, worth, worth_low, worth_high, expected_purchases, worth_months, valued_at)
    SELECT gen_random_uuid(), contacts.id, given.worth, given.low, given.high, given.purchases,
      :months, :at
    FROM unnest(:contacts, :worth, :low, :high, :purchases)
      AS given (contact_id, worth, low, high, purchases)
    JOIN contacts ON contacts.id = given.contact_id
    ON CONFLICT (tenant_id, contact_id) DO UPDATE
    SET worth = excluded.worth, worth_low = excluded.worth_low, worth_high = excluded.worth_high,
      expected_purchases = excluded.expected_purchases, worth_months = excluded.worth_months,
      valued_at = excluded.valued_at, updated_at = now()
""").bindparams(
    bindparam("contacts", type_=ARRAY(Uuid(as_uuid=False))),
    *(bindparam(name, type_=ARRAY(BigInteger)) for name in ("worth", "low", "high")),
    bindparam("purchases", type_=ARRAY(Float)),
)
_FORGET_VALUES = text("""
    UPDATE contact_scores SET worth = NULL, worth_low = NULL, worth_high = NULL,
      expected_purchases = NULL, worth_months = NULL, valued_at = NULL, updated_at = now()
    WHERE valued_at <> :at
""")


def store_scores(scores: Segmented | Valued, at: datetime) -> None:
    """Replace the segments or the values of all contacts; contacts left out lose theirs.

    All rows carry `at`, so that a report can tell whether they are its own.
    """
    expect_many_rows()
    if isinstance(scores, Segmented):
        _store_segments(scores, at)
    else:
        _store_values(scores, at)


def _store_segments(scores: Segmented, at: datetime) -> None:
    values: dict[str, Any] = {
        "contacts": list(scores.contacts),
        "segments": list(scores.segments),
        "at": at,
    }
    db.session.execute(_SEGMENT, values)
    db.session.execute(_FORGET_SEGMENTS, {"at": at})


def _store_values(scores: Valued, at: datetime) -> None:
    values: dict[str, Any] = {
        "contacts": list(scores.contacts),
        "worth": list(scores.worth),
        "low": list(scores.low),
        "high": list(scores.high),
        "purchases": list(scores.expected_purchases),
        "months": scores.months,
        "at": at,
    }
    db.session.execute(_VALUE, values)
    db.session.execute(_FORGET_VALUES, {"at": at})
