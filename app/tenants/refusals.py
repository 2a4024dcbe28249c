"""Answering a form that cannot be taken: the same page again, with what was typed."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.web import Refused, render


def refused(template: str, form: Any, reason: Refused | Any, **context: Any) -> Response:
    """The form once more with the sentence on top; a reached limit says when to come back."""
    is_refusal = isinstance(reason, Refused)
    form.form_errors.append(reason.sentence if is_refusal else reason)
    status = reason.code if is_refusal else 422
    response = render(template, form=form, status=status, **context)
    wait = getattr(reason, "retry_after", None)
    if wait is not None:
        response.headers["Retry-After"] = str(wait)
    return response
