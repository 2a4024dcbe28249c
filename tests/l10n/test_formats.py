import pickle
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask, g
from flask_babel import Babel

from app.l10n import Formats, Unreadable, current, format_date, parse_number, register, use
from tests.l10n.combos import ENGLISH, TEHRAN


@pytest.fixture
def app():
    app = Flask(__name__)
    Babel(app, locale_selector=lambda: current().locale)
    register(app)
    return app


def test_formats_come_from_the_request_and_from_use_before_it(app):
    assert current() == Formats()
    with app.app_context():
        assert current() == Formats()
        g.formats = TEHRAN
        assert current() is TEHRAN
        with use(ENGLISH):
            assert current() is ENGLISH
        assert current() is TEHRAN


def test_use_works_without_an_application_and_ends_with_its_block():
    with use(TEHRAN):
        with use(ENGLISH):
            assert format_date(date(2025, 11, 19)) == "19 Nov 2025"
        assert format_date(date(2025, 11, 19)) == "۲۸ آبان ۱۴۰۴"
    assert current() == Formats()


def test_use_ends_after_an_error_too():
    with pytest.raises(ZeroDivisionError), use(TEHRAN):
        1 / 0  # noqa: B018
    assert current() == Formats()


def test_direction_locale_and_first_day_of_the_week_follow_the_settings():
    assert (TEHRAN.direction, TEHRAN.locale, TEHRAN.week_start) == ("rtl", "fa_IR", 5)
    assert (ENGLISH.direction, ENGLISH.locale, ENGLISH.week_start) == ("ltr", "en", 0)
    assert replace(ENGLISH, calendar="jalali").week_start == 5


def test_a_refusal_speaks_english_without_an_application_and_inside_one(app):
    with pytest.raises(Unreadable) as refused:
        parse_number("twelve")
    assert str(refused.value) == "Write a number in figures, such as 1,234.5."
    with app.app_context():
        assert str(refused.value) == "Write a number in figures, such as 1,234.5."


def test_a_refusal_survives_pickling():
    with pytest.raises(Unreadable) as refused:
        parse_number("twelve")
    assert str(pickle.loads(pickle.dumps(refused.value))) == str(refused.value)


def test_templates_write_everything_in_the_reader_s_formats(app):
    page = (
        "{{ 1234.5|number }} {{ 0.5|percent }} {{ 284000000|money }} {{ day|date('long') }} "
        "{{ day|month }} {{ '+989121234567'|phone }} {{ '7'|digits }} {{ 12000|compact }} "
        "{{ 'مریم'|initials }} {{ formats().direction }} {{ money_label() }}"
    )
    with app.app_context(), use(TEHRAN):
        written = app.jinja_env.from_string(page).render(day=date(2025, 11, 19))
    assert written.replace("\u00a0", " ") == (
        "۱٬۲۳۴٫۵ ۵۰٪ ۲۸٬۴۰۰٬۰۰۰ تومان چهارشنبه ۲۸ آبان ۱۴۰۴ "
        "آبان ۱۴۰۴ 0912 123 4567 ۷ ۱۲ هزار م rtl تومان"
    )
