"""Whatever is sent, no answer is a failure of ours."""

from __future__ import annotations

from app.web import Payvand
from tests.pages.fuzzing import fuzz

REQUESTS = 1500


def test_no_hostile_request_breaks_the_app(app: Payvand) -> None:
    findings = fuzz(app, REQUESTS, seed=20260101)
    assert findings.tried == REQUESTS
    assert findings.statuses.get(200, 0) > REQUESTS / 10, findings.statuses
    assert findings.faults == {}
