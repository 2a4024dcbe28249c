"""Two tenants at once over one small pool: no answer holds anything of the other's."""

from __future__ import annotations

from app import create_app
from app.config import Settings
from tests.isolation.crowd import mixed_answers

REQUESTS = 500


def test_concurrent_requests_never_show_another_tenants_rows(environment: dict[str, str]) -> None:
    few_connections = {**environment, "DATABASE_POOL_SIZE": "2"}
    found = mixed_answers(create_app(Settings.from_env(few_connections)), REQUESTS)
    assert found.answers == REQUESTS
    assert found.with_foreign_marker == found.failures == 0
    assert found.pages_with_own_marker == found.pages > REQUESTS / 2
