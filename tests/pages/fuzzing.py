"""Sending hostile requests as an owner and judging the answers."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice

from werkzeug.test import TestResponse

from app.extensions import db
from app.tenants.accounts.models import AccountSession
from app.tenants.sessions import hash_token, session_cookie
from app.web import Payvand
from tests.cast import Cast
from tests.pages.addresses import address, methods_of, pages, rules
from tests.pages.hostile import SCRIPT, Attempt, Hostile
from tests.pages.workspace import Workspace, furnish

ROUND = 750


@dataclass
class Findings:
    """What went wrong, each kind once, with the first request that showed it."""

    tried: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    def add(self, kind: str, attempt: Attempt, more: str = "") -> None:
        self.faults.setdefault(kind, f"{attempt}\n{more}".strip())


def fuzz(app: Payvand, count: int, seed: int) -> Findings:
    """Send `count` requests; the workspace is made anew in between, since they take it apart."""
    findings = Findings()
    while findings.tried < count:
        workspace = furnish(Cast(app), sales=120)
        hostile = Hostile(seed + findings.tried, _texts(app, workspace), _rules(app, workspace))
        for attempt in islice(hostile.attempts(), min(ROUND, count - findings.tried)):
            _try(app, workspace, attempt, findings)
    return findings


def _texts(app: Payvand, workspace: Workspace) -> list[tuple[str, str]]:
    return [
        (path, workspace.owner.client.get(path).get_data(as_text=True))
        for _endpoint, path in pages(app, workspace)
    ]


def _rules(app: Payvand, workspace: Workspace) -> list[tuple[str, str]]:
    return [
        (method, address(app, rule, workspace))
        for rule in rules(app)
        for method in (*methods_of(rule), "DELETE")
    ]


def _try(app: Payvand, workspace: Workspace, attempt: Attempt, findings: Findings) -> None:
    client = workspace.owner.client
    with _failures() as failures:
        answer = client.open(attempt.path, method=attempt.method, **attempt.options)
        _judge(attempt, answer, failures, findings)
        answer.close()
    if "/sign-in" in answer.headers.get("Location", answer.headers.get("HX-Redirect", "")):
        _sign_in_again(app, workspace)
    findings.tried += 1
    findings.statuses[answer.status_code] = findings.statuses.get(answer.status_code, 0) + 1


def _sign_in_again(app: Payvand, workspace: Workspace) -> None:
    """A new session: the request ended the one before, or its cookie."""
    token = secrets.token_urlsafe(32)
    expires = datetime.now(UTC) + timedelta(days=1)
    with app.app_context():
        account_id = workspace.owner.account_id
        session = {"account_id": account_id, "token_hash": hash_token(token), "expires_at": expires}
        db.session.add(AccountSession(**session))
        db.session.commit()
    workspace.owner.client.set_cookie(session_cookie(app.extensions["settings"]), token)


@contextmanager
def _failures() -> Iterator[list[str]]:
    """The exceptions that the app logs meanwhile."""
    found: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.exc_info:
                found.append(logging.Formatter().formatException(record.exc_info))

    handler = Keep(logging.ERROR)
    logging.getLogger().addHandler(handler)
    try:
        yield found
    finally:
        logging.getLogger().removeHandler(handler)


def _judge(attempt: Attempt, answer: TestResponse, failures: list[str], findings: Findings) -> None:
    if answer.status_code >= 500:
        trace = failures[-1] if failures else ""
        ours = re.findall(r'File ".*?/(app/[^"]+)", line (\d+)', trace)
        place = ":".join(ours[-1]) if ours else "?"
        last = trace.strip().splitlines()[-1][:160] if trace else ""
        findings.add(f"{answer.status_code} at {place}: {last}", attempt, trace[-1500:])
    here = re.escape(answer.request.host)  # the client takes `//name/...` for a host's name
    if re.match(
        rf"(?i)\s*(https?:)?[/\\]{{2}}(?!localhost|127\.|{here})",
        answer.headers.get("Location", ""),
    ):
        findings.add("it sends people to another site", attempt, str(answer.headers))
    if answer.mimetype == "text/html" and SCRIPT in answer.get_data(as_text=True):
        findings.add(f"script comes back unescaped at {attempt.path.split('?')[0]}", attempt)
