"""Sample texts of the component page, in English and Persian. Names and figures are invented."""

from __future__ import annotations

from types import SimpleNamespace


def of(language: str) -> SimpleNamespace:
    """The samples in one language."""
    return SimpleNamespace(t=(lambda en, fa: fa) if language == "fa" else (lambda en, fa: en))
