"""Mails of the development mailbox, the newest first."""

from __future__ import annotations

import re
from uuid import UUID

from sqlalchemy import Select, select

from app.mail import Mail

PAGE_SIZE = 50
_LINK = re.compile(r"(https?://[^\s<>\"]+)")


def newest_mails(before: UUID | None = None) -> Select[Mail]:
    """The mails, or those older than one; ids grow with time."""
    found = select(Mail).order_by(Mail.id.desc())
    return found if before is None else found.where(Mail.id < before)


def linked(text: str) -> list[list[tuple[str, bool]]]:
    """Each line of the text in pieces, each piece with whether it is a link."""
    return [_pieces(line) for line in text.splitlines() if line.strip()]


def _pieces(line: str) -> list[tuple[str, bool]]:
    return [(piece, bool(_LINK.fullmatch(piece))) for piece in _LINK.split(line) if piece]
