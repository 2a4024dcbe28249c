"""Writing down who did what; nothing that is written is ever changed."""

from __future__ import annotations

import json
import re
from typing import Any

from flask import has_request_context, request

from app.extensions import db
from app.tenants.audit.models import AuditEvent
from app.tenants.door import current_user


def record(action: str, subject: object | None = None, **details: Any) -> None:
    """Add an event of the tenant entered to the current transaction.

    `action` is a noun and a past participle, "member.disabled"; `subject` the record it was done
    to; `details` become JSON, so give names and numbers and never a secret. In a request the
    event carries the viewer and their address, in a job or command neither.
    """
    if subject is not None and getattr(subject, "id", None) is None:
        db.session.flush()
    db.session.add(
        AuditEvent(
            account_id=_actor(),
            action=action,
            subject="" if subject is None else _kind(subject),
            subject_id=getattr(subject, "id", None),
            details=json.loads(json.dumps(details, default=str)),
            address=(request.remote_addr or "") if has_request_context() else "",
        )
    )


def _actor() -> Any:
    if has_request_context() and current_user.is_authenticated:
        return current_user.account_id
    return None


def _kind(subject: object) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(subject).__name__).lower()
