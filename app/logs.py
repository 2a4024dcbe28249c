"""Logs as JSON lines with request, tenant and job ids; what users typed cannot forge a line."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from uuid import uuid4

from flask import Flask, g, has_app_context

from app.config import Settings


class JsonFormatter(logging.Formatter):
    """One JSON object a line: line breaks and control characters arrive escaped."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update(_surroundings())
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def _surroundings() -> dict[str, str]:
    if not has_app_context():
        return {}
    found = {
        "request": g.get("request_id"),
        "tenant": g.place.tenant.slug if "place" in g else None,
        "job": g.get("outbox_id"),
    }
    return {name: str(value) for name, value in found.items() if value is not None}


def _name_request() -> None:
    g.request_id = uuid4().hex[:12]


def register(app: Flask) -> None:
    """Send the app's logs to standard error; production speaks JSON, development plain text."""
    settings: Settings = app.extensions["settings"]
    handler = logging.StreamHandler(sys.stderr)
    if settings.is_production:
        handler.setFormatter(JsonFormatter())
    else:
        handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler] if settings.environment != "test" else root.handlers
    root.setLevel(logging.INFO)
    for noisy in ("rq", "alembic", "sqlalchemy"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    app.before_request(_name_request)
