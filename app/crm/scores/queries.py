"""Reading what analytics found out about contacts."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.crm.scores.models import ContactScore
from app.extensions import db


def score_of(contact_id: UUID) -> ContactScore | None:
    """The newest segment and value of a contact; None before any was computed."""
    return db.session.scalar(select(ContactScore).where(ContactScore.contact_id == contact_id))
