"""The template lint finds what it is there to find, and nothing in our own templates."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

PATH = Path(__file__).resolve().parents[2] / "bin" / "lint_templates.py"
ICONS = {"users", "plus"}


@pytest.fixture(scope="module")
def lint() -> ModuleType:
    import sys

    spec = importlib.util.spec_from_file_location("lint_templates", PATH)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["lint_templates"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('<p style="color: red"></p>', "inline style"),
        ("<style>p {}</style>", "inline <style>"),
        ("<script>go()</script>", "inline <script>"),
        ('<button onclick="go()"></button>', "event attribute"),
        ('<button hx-on:click="go()"></button>', "hx-on"),
        ("{{ ui.button(_('Go'), hx_on='click') }}", "hx-on"),
        ("""<div hx-vals='js:{a: 1}'></div>""", "js:"),
        ('<a href="javascript:go()"></a>', "js:"),
        ('<input hx-trigger="keyup[ctrlKey]">', "hx-trigger"),
        ("{{ note|safe }}", "safe"),
        ('<input type="number">', "type=number"),
        ("{{ ui.text_field('n', _('N'), type='number') }}", "type=number"),
        ("<p>Save it</p>", "words outside gettext"),
        ("<p>ذخیره</p>", "words outside gettext"),
        ('<input placeholder="Search">', "untranslated words in placeholder"),
        ('<nav aria-label="Main"></nav>', "untranslated words in aria-label"),
        ('{{ ui.button("Save") }}', "words outside gettext"),
        ('{{ ui.icon("unicorn") }}', "no icon named unicorn"),
    ],
)
def test_the_lint_catches_what_templates_must_not_hold(
    lint: ModuleType, text: str, what: str
) -> None:
    found = list(lint.lint_template(f"\n{text}", ICONS))
    assert [line for line, message in found if what in message] == [2]


@pytest.mark.parametrize(
    "text",
    [
        "<p>{{ _('Save it') }}</p>",
        "<nav aria-label=\"{{ _('Main') }}\"><kbd>C</kbd></nav>",
        '{# Words in a comment #}<p class="{{ kind }}">1,240 · {% if a %}{{ b }}{% endif %}</p>',
        '{% block body_class %}pub{% endblock %}{{ ui.icon("users") }}',
        '<script src="{{ ui.url_static(\'js/app.js\') }}" type="module"></script>',
    ],
)
def test_the_lint_lets_good_templates_pass(lint: ModuleType, text: str) -> None:
    assert list(lint.lint_template(text, ICONS)) == []


@pytest.mark.parametrize(
    "text",
    [
        "margin-left: 1px",
        "left: 0",
        "text-align: right",
        "border-top-left-radius: 2px",
        "float:left",
    ],
)
def test_the_lint_catches_physical_sides(lint: ModuleType, text: str) -> None:
    assert [line for line, _ in lint.lint_styles(f".a {{\n {text} }}")] == [2]


def test_the_lint_lets_logical_sides_pass(lint: ModuleType) -> None:
    text = "/* left: 0 */ .left { margin-inline-start: 1px; text-align: start; inset-inline: 0 }"
    assert list(lint.lint_styles(text)) == []


def test_mail_may_carry_its_styles(lint: ModuleType, tmp_path: Path) -> None:
    for folder in ("mail", "pages"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.html").write_text('<p style="margin: 0"></p>')
    assert [one.path.parent.name for one in lint.lint(tmp_path, tmp_path, ICONS)] == ["pages"]


def test_our_templates_and_styles_pass(lint: ModuleType) -> None:
    found = lint.lint(lint.TEMPLATES, lint.STYLES, lint.known_icons())
    assert [str(finding) for finding in found] == []
