"""The kit's app on a real port and a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from tests.interface.kit import create_kit


@pytest.fixture(scope="session")
def kit() -> Flask:
    return create_kit()


@pytest.fixture
def kit_client(kit: Flask) -> FlaskClient:
    return kit.test_client()


@pytest.fixture(scope="session")
def kit_url(kit: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, kit, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
