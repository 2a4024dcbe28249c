"""The base of every form: WTForms with its calls typed, the CSRF token taken care of."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto


class Form(FlaskForm):
    """A form filled from the request when one is sent, else from an object or keywords."""

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """The texts that were sent: a file or JSON in a text's place is of another type."""
            if formdata is not _Auto:
                return formdata
            return request.form if request.form and form.is_submitted() else None

    def __init__(self, formdata: Any = None, *, fresh: bool = False, **values: Any) -> None:
        """`fresh` ignores what was sent: for the other forms of a page with several."""
        if formdata is not None or fresh:
            super().__init__(formdata=formdata, **values)  # type: ignore[no-untyped-call]
        else:
            super().__init__(**values)  # type: ignore[no-untyped-call]

    def is_submitted(self) -> bool:
        """Whether the request sends a form at all."""
        return bool(super().is_submitted())  # type: ignore[no-untyped-call]

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether every field is right; their `errors` say what is not."""
        return bool(super().validate(extra_validators))  # type: ignore[no-untyped-call]

    def validate_on_submit(self, extra_validators: Any = None) -> bool:
        """Whether a form was sent and is right."""
        return self.is_submitted() and self.validate(extra_validators)
