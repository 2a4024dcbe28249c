"""The interface kit: every macro of ``templates/components`` as a method of the global ``ui``.

Macros imported at the top of a page are undefined when a single block of it is rendered, so the
components are globals. A macro is looked up when it is called; what it translates follows the
request's language.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from markupsafe import Markup, escape

from app import charts
from app.assets import Assets

FOLDER = Path(__file__).parent / "templates" / "components"
_MACRO = re.compile(r"{%-?\s*macro\s+(\w+)\s*\(")
_TINTS = 6


def attributes(values: Mapping[str, Any]) -> Markup:
    """HTML attributes from keyword arguments: ``hx_post`` becomes ``hx-post``.

    True gives a bare attribute; False and None give nothing.
    """
    parts = []
    for name, value in values.items():
        if value is None or value is False:
            continue
        name = escape(name.rstrip("_").replace("_", "-"))
        parts.append(f" {name}" if value is True else f' {name}="{escape(value)}"')
    return Markup("".join(parts))  # noqa: S704


def present(values: Mapping[str, Any]) -> dict[str, Any]:
    """Keywords for a form control: ``hx_post`` becomes ``hx-post``; None and False are left out."""
    given = {name.replace("_", "-"): value for name, value in values.items()}
    return {
        name: value for name, value in given.items() if value is not None and value is not False
    }


def classes(base: str, kinds: str = "", extra: str = "") -> str:
    """``classes("btn", "primary sm")`` gives ``btn btn-primary btn-sm``."""
    return " ".join([base, *(f"{base}-{kind}" for kind in kinds.split()), *extra.split()])


def tint(name: str) -> int:
    """A quiet tint from 1 to 6 that stays the same for the same name."""
    return zlib.crc32(name.encode()) % _TINTS + 1


def initials(name: str) -> str:
    """Up to two initials in Latin script; one letter in joined scripts, which two would tie."""
    words = [word for word in re.split(r"\s+", name) if word and word[0].isalnum()]
    if not words:
        return "?"
    letters = "".join(word[0] for word in words[:2]).upper()
    return letters if letters.isascii() else letters[0]


def message_of(error: object) -> str:
    """A form error as text, whether it came as a sentence or as a list of them."""
    return " ".join(map(str, error)) if isinstance(error, list | tuple) else str(error)


def macro_files(folder: Path = FOLDER) -> dict[str, str]:
    """Macro name to the template that defines it; ValueError when two files define one name."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.html")):
        for name in _MACRO.findall(path.read_text(encoding="utf-8")):
            if name in found:
                raise ValueError(f"The macro {name} is defined in {found[name]} and {path.name}.")
            found[name] = path.name
    return found


class Interface:
    """``ui`` in templates: macros by name, chart drawings and a few helpers."""

    attributes = staticmethod(attributes)
    classes = staticmethod(classes)
    present = staticmethod(present)
    tint = staticmethod(tint)
    initials = staticmethod(initials)
    message_of = staticmethod(message_of)

    whisker = staticmethod(charts.whisker)
    whisker_axis = staticmethod(charts.whisker_axis)
    hbar = staticmethod(charts.hbar)
    sparkline = staticmethod(charts.sparkline)
    reason_bar = staticmethod(charts.reason_bar)
    histogram = staticmethod(charts.histogram)
    line_chart = staticmethod(charts.line_chart)
    area_chart = staticmethod(charts.area_chart)
    heat_level = staticmethod(charts.heat_level)

    def __init__(self, app: Flask, assets: Assets) -> None:
        self._environment = app.jinja_env
        self.url_static = assets.url
        self._files = macro_files()

    def __getattr__(self, name: str) -> Callable[..., Markup]:
        try:
            template = self._environment.get_template(f"components/{self._files[name]}")
        except KeyError:
            raise AttributeError(f"There is no component {name}.") from None
        macro: Callable[..., Markup] = getattr(template.module, name)
        if not self._environment.auto_reload:
            self.__dict__[name] = macro  # a page calls hundreds of macros: look each up once
        return macro


def register(app: Flask) -> Interface:
    """Make the components available to all templates as ``ui``; needs the assets registered."""
    interface = Interface(app, app.extensions["assets"])
    app.jinja_env.globals["ui"] = interface
    return interface
