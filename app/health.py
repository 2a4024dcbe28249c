"""Health: `/healthz` for the process, `/readyz` for what it needs."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, jsonify
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.database import is_at_head
from app.web import current_settings, open_to_all

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@open_to_all
def healthz() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@open_to_all
def readyz() -> tuple[Response, int]:
    """The database answers at the newest schema; Redis away is a warning, since jobs can wait."""
    try:
        database = "ok" if is_at_head() else "migrations are waiting"
    except SQLAlchemyError:
        database = "away"
    code = 200 if database == "ok" else 503
    return jsonify(database=database, redis=_redis_state()), code


def _redis_state() -> str:
    url = current_settings().redis_url
    if url is None:
        return "not set"
    try:
        Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1).ping()
    except RedisError:
        return "away"
    return "ok"


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)
