"""Components without a browser: names, languages, fields and drawings."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from jinja2_fragments.flask import render_block
from markupsafe import Markup

from app import charts, components
from tests.interface.kit import create_kit


def rendered(kit: Flask, source: str, path: str = "/", **context: object) -> str:
    with kit.test_request_context(path):
        return render_template_string(source, **context)


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_component_page_renders(kit_client: FlaskClient, language: str, theme: str) -> None:
    answer = kit_client.get(f"/_design?lang={language}&theme={theme}")
    assert answer.status_code == 200
    head = answer.text.split("<head>")[0]
    assert f'lang="{language}"' in head
    assert f'data-theme="{theme}"' in head


def test_every_component_has_one_name() -> None:
    names = components.macro_files()
    assert {"icon", "field", "button", "toast", "heat_table"} <= set(names)


def test_two_macros_of_one_name_are_refused(tmp_path: components.Path) -> None:
    for name in ("a.html", "b.html"):
        (tmp_path / name).write_text("{% macro twice() %}{% endmacro %}")
    with pytest.raises(ValueError, match="twice"):
        components.macro_files(tmp_path)


def test_an_unknown_component_is_an_error(kit: Flask) -> None:
    with pytest.raises(Exception, match="unicorn"):
        rendered(kit, "{{ ui.unicorn() }}")


def test_components_work_in_a_block_rendered_alone(kit: Flask) -> None:
    with kit.test_request_context("/shell"):
        text = render_block("kit/shell.html", "bar_end")
    assert "Add contact" in text
    assert "icons." in text


def test_components_speak_the_language_of_each_request(tmp_path: components.Path) -> None:
    catalogue = Catalog(locale="fa_IR")
    catalogue.add("Undo", "برگردان")
    folder = tmp_path / "fa_IR" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    kit = create_kit(BABEL_TRANSLATION_DIRECTORIES=str(tmp_path))
    source = "{{ ui.toast('x', undo_url='/u') }}"
    for language, word in (("en", "Undo"), ("fa", "برگردان"), ("en", "Undo")):
        assert word in rendered(kit, source, f"/?lang={language}")


def test_what_people_typed_is_escaped(kit: Flask) -> None:
    bad = '<b onmouseover="x">&'
    text = rendered(
        kit,
        "{{ ui.button(bad, title=bad) }}{{ ui.tag(bad) }}{{ ui.avatar(bad) }}"
        "{{ ui.text_field('a', bad, bad) }}{{ ui.crumbs([(bad, bad)]) }}"
        "{{ ui.facts([(bad, bad)]) }}"
        "{{ ui.whisker(1, 2, 3, 4, label=bad) }}",
        bad=bad,
    )
    assert "<b onmouseover" not in text
    assert '"x"' not in text


def test_attributes_follow_their_values() -> None:
    given = {"hx_post": "/a?b=1&c", "disabled": True, "hidden": False, "title": None}
    assert components.attributes(given) == ' hx-post="/a?b=1&amp;c" disabled'


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Nadia Ashworth", "NA"), ("Iris", "I"), ("مریم کاویانی", "م"), ("  ", "?"), ("", "?")],
)
def test_initials_are_two_in_latin_and_one_in_joined_scripts(name: str, letters: str) -> None:
    assert components.initials(name) == letters


def test_a_form_that_came_back_says_which_fields_and_keeps_the_text(
    kit_client: FlaskClient, kit: Flask
) -> None:
    page = kit_client.get("/shell").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    sent = {"csrf_token": token[1], "company": "", "note": "kept <here>"}
    sent |= {"country": "gb", "calendar": "jalali"}
    answer = kit_client.post("/shell", data=sent)
    assert answer.status_code == 422
    assert "One field needs a change." in answer.text
    assert 'aria-describedby="company-error"' in answer.text
    assert 'id="company-error"' in answer.text
    assert "kept &lt;here&gt;" in answer.text


def test_the_error_page_works_outside_a_workspace(kit_client: FlaskClient) -> None:
    answer = kit_client.get("/error")
    assert answer.status_code == 404
    assert "There is nothing at this address." in answer.text
    assert 'class="side"' not in answer.text


def test_a_whisker_stays_inside_its_scale() -> None:
    drawn = charts.whisker(-5, 50, 400, 100, label="0 to 400")
    assert [float(x) for x in re.findall(r'x[12]="([\d.]+)"', drawn)] == [0, 96, 3, 93]
    assert 'aria-label="0 to 400"' in drawn


def test_a_line_breaks_where_values_are_missing() -> None:
    series = charts.Series([1, 2, None, 3, 4])
    drawn = charts.line_chart([series], [], [(0, "0")], "Orders")
    assert drawn.count('class="l1"') == 2


def test_charts_of_nothing_are_drawn_without_error() -> None:
    assert charts.sparkline([]) == ""
    assert isinstance(charts.line_chart([], [], [], "Nothing"), Markup)
    assert isinstance(charts.histogram([], [], [], [], "Nothing"), Markup)
    assert isinstance(charts.area_chart([], [], [], "Nothing"), Markup)


@pytest.mark.parametrize(
    ("value", "level"), [(0, 0), (49.9, 4), (50, 5), (100, 9), (120, 9), (-1, 0)]
)
def test_heat_has_ten_even_steps(value: float, level: int) -> None:
    assert charts.heat_level(value, 0, 100) == level
