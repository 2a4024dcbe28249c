"""Sample texts and figures of the component page, in two languages. All of them are invented."""

from __future__ import annotations

import math
from types import SimpleNamespace

from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import (
    BooleanField,
    EmailField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice

from app import charts

_PERSIAN = str.maketrans("0123456789,.%", "۰۱۲۳۴۵۶۷۸۹٬٫٪")
COLOURS = (
    ("bg", "surface", "raised", "sunken", "fill", "fill-2"),
    ("line", "line-2", "line-3", "ink", "ink-2", "ink-3"),
    ("accent", "accent-soft", "accent-line", "positive", "positive-soft", "warning"),
    ("warning-soft", "negative", "negative-soft", "info", "info-soft", "focus"),
)
_COHORTS = ((59, 51, 48, 36, 37), (67, 52, 49, 46), (66, 51, 52), (69, 56), (68,))
_MONTHS = (
    ("May", "اردیبهشت"),
    ("Jun", "خرداد"),
    ("Jul", "تیر"),
    ("Aug", "مرداد"),
    ("Sep", "شهریور"),
)
_SPENT = (31, 58, 96, 171, 214, 202, 168, 97, 44, 12)
_EDGES = ("0", "50", "100", "200", "400", "800", "1.6k", "3.2k", "6.4k", "12.8k", "40k")


class SampleForm(FlaskForm):
    """One field of each kind; the texts come from the page."""

    company = StringField()
    email = EmailField()
    secret = PasswordField()
    note = TextAreaField()
    country = SelectField(choices=[])
    calendar = RadioField(choices=[])
    agreed = BooleanField()


class Samples:
    """Texts by ``t(english, persian)`` and the sample drawings in one language."""

    colours = COLOURS

    def __init__(self, language: str) -> None:
        self.persian = language == "fa"

    def t(self, english: str, persian: str) -> Markup:
        return Markup(persian if self.persian else english)  # noqa: S704

    def n(self, text: object) -> str:
        return str(text).translate(_PERSIAN) if self.persian else str(text)

    def form(self) -> FlaskForm:
        form = SampleForm(prefix="sample")  # type: ignore[no-untyped-call]
        form.company.data = self.t("Brindlecup Supply", "بازرگانی سپهر")
        form.email.data = "iris@wrenfold"
        form.email.errors = (
            self.t("Add what comes after the dot, such as .example.", "پس از نقطه چیزی بنویسید."),
        )
        form.country.choices = [SelectChoice("gb", self.t("United Kingdom", "بریتانیا"))]
        form.calendar.choices = [
            SelectChoice("gregorian", self.t("Gregorian", "میلادی")),
            SelectChoice("jalali", self.t("Jalali", "جلالی")),
        ]
        form.calendar.data = "jalali" if self.persian else "gregorian"
        return form

    def heat_rows(self) -> list[SimpleNamespace]:
        return [
            SimpleNamespace(
                name=self.t(*_MONTHS[index]),
                name_url=None,
                size=self.n(60 + 7 * index),
                size_url="#c14",
                cells=[self._cell(value) for value in row] + [None] * (5 - len(row)),
            )
            for index, row in enumerate(_COHORTS)
        ]

    def _cell(self, value: int) -> SimpleNamespace:
        level = charts.heat_level(value, 30, 70)
        return SimpleNamespace(text=self.n(value), level=level, url="#c14")

    def retention(self) -> Markup:
        kept = [100 * (0.36 + 0.64 * math.exp(-0.55 * month)) for month in range(12)]
        company = [100 * (0.52 + 0.48 * math.exp(-0.5 * month)) for month in range(12)]
        width = [2 + 0.6 * month for month in range(12)]
        series = charts.Series(
            kept,
            low=[value - half for value, half in zip(kept, width, strict=True)],
            high=[min(value + half, 100) for value, half in zip(kept, width, strict=True)],
            end_label=self.n(36),
        )
        return charts.line_chart(
            [charts.Series(company, "compare"), series],
            [(month, self.n(month)) for month in (0, 3, 6, 9, 11)],
            [(value, self.n(value)) for value in (20, 60, 100)],
            self.t("Share still ordering by month", "سهم مشتریان ماندگار به ماه"),
            height=170,
        )

    def histogram(self) -> Markup:
        return charts.histogram(
            _SPENT,
            [self.n(count) for count in _SPENT],
            [self.n(edge) for edge in _EDGES],
            [(value, self.n(value)) for value in (0, 100, 200)],
            self.t("Customers by expected value", "مشتریان به ارزش مورد انتظار"),
        )

    def histogram_rows(self) -> list[list[str]]:
        edges = zip(_EDGES, _EDGES[1:], _SPENT, strict=False)
        return [[self.n(f"{low} – {high}"), self.n(count)] for low, high, count in edges]

    def lorenz(self) -> Markup:
        points = [(step / 40, 1 - (1 - step / 40) ** 3) for step in range(41)]
        ticks = [(share, self.n(f"{share:.0%}")) for share in (0, 0.5, 1)]
        return charts.area_chart(
            points,
            [(share, self.n(round(share * 1240))) for share in (0, 0.25, 0.5, 0.75)],
            ticks,
            self.t("517 of 1240 customers carry 80%", "۵۱۷ مشتری از ۱۲۴۰ نفر ۸۰٪ ارزش را دارند"),
            mark=(0.417, 0.8, self.t("517 carry 80%", "۵۱۷ نفر ۸۰٪ را دارند")),
        )
