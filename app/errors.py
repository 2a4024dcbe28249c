"""Error pages: each kind of failure becomes one sentence that says what to do, in one place."""

from __future__ import annotations

import json
import logging

from flask import Flask, Response, make_response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from app.extensions import db
from app.l10n import format_number
from app.web import Refused, current_settings, is_fragment_request

logger = logging.getLogger(__name__)


def register(app: Flask) -> None:
    """Map every failure to a page, or to a toast when htmx asked for a part of one."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(IntegrityError, _conflict)
    app.register_error_handler(DataError, _unstorable)
    app.register_error_handler(Exception, _unexpected)


def _answer(code: int, title: str, sentence: str) -> Response:
    db.session.rollback()
    if is_fragment_request():
        response = make_response("", code)
        response.headers["HX-Reswap"] = "none"
        response.headers["HX-Trigger"] = json.dumps(
            {"toast": {"message": sentence, "kind": "error"}}
        )
        return response
    page = render_template(
        "errors/error.html",
        code=code,
        title=title,
        sentence=sentence,
        action_label=_("Go to the start page"),
        action_url="/",
    )
    return make_response(page, code)


def _title(code: int) -> str:
    titles = {
        400: _("That request was not understood"),
        401: _("Sign in first"),
        403: _("Your role does not allow this"),
        404: _("Nothing here"),
        405: _("That cannot be done here"),
        409: _("Somebody was faster"),
        413: _("That is too large"),
        422: _("That cannot be done"),
        429: _("Too many tries"),
        503: _("The database does not answer"),
    }
    return titles.get(code, _("Something went wrong"))


def _refused(error: Refused) -> Response:
    return _answer(error.code, _title(error.code), error.sentence)


def _stale_form(_error: CSRFError) -> Response:
    return _answer(
        400,
        _("This page was open for too long"),
        _("Reload the page and send the form again. Nothing was saved."),
    )


def _too_large(_error: RequestEntityTooLarge) -> Response:
    most = current_settings().upload_megabytes
    return _answer(
        413,
        _title(413),
        _(
            "Send at most %(most)s megabytes, for example by splitting the file.",
            most=format_number(most),
        ),
    )


def _http(error: HTTPException) -> Response:
    code = error.code or 500
    if error.response is not None or code < 400:
        return make_response(error.get_response())
    sentences = {
        404: _("There is nothing at this address, or it is not yours to see."),
        405: _("This address does not answer %(method)s. Go back.", method=request.method),
        429: _("Wait a minute and try again."),
    }
    sentence = sentences.get(code, _("Go back, check what was sent and try again."))
    return _answer(code, _title(code), sentence)


def _database_away(error: OperationalError) -> Response:
    logger.error("The database did not answer: %s", type(error.orig).__name__)
    return _answer(503, _title(503), _("Try again in a moment. Nothing was saved."))


def _conflict(error: IntegrityError) -> Response:
    logger.warning("A write ran into a constraint: %s", error.orig)
    return _answer(
        409,
        _title(409),
        _("Somebody changed the same record at the same time. Reload the page and try again."),
    )


def _unstorable(error: DataError) -> Response:
    logger.warning("A value could not be stored: %s", error.orig)
    return _answer(
        422, _title(422), _("One of the values cannot be stored. Check the form and send it again.")
    )


def _unexpected(error: Exception) -> Response:
    logger.exception("Unexpected failure at %s", request.path, exc_info=error)
    return _answer(
        500,
        _("Something went wrong on our side"),
        _("Nothing was saved. Try again; if it fails again, tell your administrator."),
    )
