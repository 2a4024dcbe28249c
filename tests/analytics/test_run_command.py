"""`flask analytics run`: the contract with people who automate."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date

import pytest
from sqlalchemy import func, select

from app.analytics.runs.models import ReportRun
from app.crm.scores.models import ContactScore
from app.extensions import db
from tests.analytics.shop import CDNOW_END, cdnow, sell, shop_of

PUBLISHED = {
    "model": "bgnbd",
    "unit": "week",
    "calibration_end": "1997-09-30",
    "observation_end": "1998-06-30",
}


def test_clv_prints_the_published_cdnow_figures(cdnow_company, printed):
    found = printed(cdnow_company.slug, "clv", **PUBLISHED)
    assert (found["model"], found["unit"], found["customers"]) == ("bgnbd", "week", 2357)
    parameters = {name: round(value, 3) for name, value in found["parameters"].items()}
    assert parameters == {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
    assert round(found["log_likelihood"], 1) == -9582.4


def test_clv_prints_the_published_spend_model_in_whole_currency(cdnow_company, printed):
    spend = printed(cdnow_company.slug, "clv", **PUBLISHED)["spend"]
    assert spend["customers"] == 946
    assert spend["parameters"]["p"] == pytest.approx(6.25, abs=0.01)
    assert spend["parameters"]["q"] == pytest.approx(3.74, abs=0.01)
    assert spend["parameters"]["v"] == pytest.approx(15.44, abs=0.05)


def test_clv_holds_its_predictions_against_what_came_after_the_calibration(cdnow_company, printed):
    check = printed(cdnow_company.slug, "clv", **PUBLISHED)["holdout"]
    later = {
        (sale.customer, sale.day) for sale in cdnow() if date(1997, 9, 30) < sale.day <= CDNOW_END
    }
    assert check["weeks"] == 39
    assert sum(check["actual"]) == len(later)
    assert abs(sum(check["predicted"]) / len(later) - 1) < 0.15


def test_the_unit_changes_the_scale_of_the_parameters_alone(cdnow_company, printed):
    week = printed(cdnow_company.slug, "clv", **PUBLISHED)
    day = printed(cdnow_company.slug, "clv", **{**PUBLISHED, "unit": "day"})
    assert day["parameters"]["alpha"] == pytest.approx(7 * week["parameters"]["alpha"], rel=1e-3)
    assert day["parameters"]["r"] == pytest.approx(week["parameters"]["r"], rel=1e-3)
    assert day["total"] == pytest.approx(week["total"], rel=1e-2)


def cohorts_by_hand(index):
    """Cohorts and who of them ordered in each later period, in plain Python."""
    first, seen = {}, defaultdict(set)
    for sale in cdnow():
        first[sale.customer] = min(first.get(sale.customer, sale.day), sale.day)
        seen[sale.customer].add(index(sale.day))
    sizes, kept = defaultdict(int), defaultdict(int)
    for customer, day in first.items():
        sizes[index(day)] += 1
        for period in seen[customer]:
            kept[index(day), period - index(day)] += 1
    return sizes, kept


def month_index(day):
    return day.year * 12 + day.month - 1


def test_retention_counts_every_cohort_and_month_of_cdnow(cdnow_company, printed):
    found = printed(cdnow_company.slug, "retention", period="month", kind="on")
    sizes, kept = cohorts_by_hand(month_index)
    by_period = {cohort["period"]: cohort for cohort in found["cohorts"]}
    assert list(by_period) == ["1997-01", "1997-02", "1997-03"]
    for month in (1, 2, 3):
        cohort, index = by_period[f"1997-{month:02}"], 1997 * 12 + month - 1
        assert cohort["size"] == sizes[index]
        known = [count for count in cohort["counts"] if count is not None]
        assert known == [kept[index, age] for age in range(18 - month + 1)]


def test_old_data_are_looked_at_from_their_own_end(cdnow_company, printed):
    found = printed(cdnow_company.slug, "retention")
    assert found["as_of"] == "1998-06-30"
    assert found["is_old"]


def test_a_month_that_the_data_do_not_fill_stays_null(cdnow_company, printed):
    found = printed(cdnow_company.slug, "retention", observation_end="1997-04-29")
    counts = {cohort["period"]: cohort["counts"] for cohort in found["cohorts"]}
    assert [len(row) for row in counts.values()] == [3, 3, 3]
    assert counts["1997-02"][2] is None
    assert counts["1997-03"][1] is None
    assert counts["1997-03"][0] is not None


def test_a_month_whose_last_day_was_seen_is_finished(cdnow_company, printed):
    found = printed(cdnow_company.slug, "retention", observation_end="1997-04-30")
    assert all(cohort["counts"][1] is not None for cohort in found["cohorts"])


def test_on_or_after_counts_those_who_came_back_then_or_later(cdnow_company, printed):
    found = printed(cdnow_company.slug, "retention", kind="on_or_after")
    last = defaultdict(int)
    first = {}
    for sale in cdnow():
        first[sale.customer] = min(first.get(sale.customer, sale.day), sale.day)
        last[sale.customer] = max(last[sale.customer], month_index(sale.day))
    january = [one for one in first if first[one] < date(1997, 2, 1)]
    expected = [sum(1 for one in january if last[one] >= 1997 * 12 + age) for age in range(18)]
    assert found["cohorts"][0]["counts"] == expected


@pytest.mark.parametrize(
    ("period", "labels"),
    [("week", ["1997-W01", "1997-W02", "1997-W03"]), ("quarter", ["1997-Q1"])],
)
def test_weeks_and_quarters_have_names_that_sort(cdnow_company, printed, period, labels):
    found = printed(cdnow_company.slug, "retention", period=period)
    assert [cohort["period"] for cohort in found["cohorts"]][: len(labels)] == labels


def test_a_jalali_company_has_jalali_months(cast, printed):
    company = cast.company(calendar="jalali", timezone="Asia/Tehran")
    sales = shop_of(
        ("a", "2024-03-19"), ("b", "2024-03-20"), ("a", "2024-03-20"), ("b", "2024-04-19")
    )
    with cast.inside(company):
        sell(sales)  # 29 Esfand 1402, 1 Farvardin 1403 (Nowruz), 31 Farvardin
    found = printed(company.slug, "retention", observation_end="2024-05-20")
    cohorts = {cohort["period"]: cohort["counts"] for cohort in found["cohorts"]}
    assert cohorts == {"1402-12": [1, 1, 0], "1403-01": [1, 0, None]}


def test_segments_account_for_every_customer_and_all_the_money(cdnow_company, printed):
    segments = printed(cdnow_company.slug, "segments")["segments"]
    assert sum(segment["size"] for segment in segments) == 2357
    total = sum(sale.total for sale in cdnow()) / 100
    assert sum(segment["value"] for segment in segments) == pytest.approx(total)
    assert "champions" in {segment["name"] for segment in segments}


def test_nothing_is_stored(app, cast, cdnow_company, printed):
    printed(cdnow_company.slug, "clv")
    with cast.inside(cdnow_company):
        assert db.session.scalar(select(func.count()).select_from(ReportRun)) == 0
        assert db.session.scalar(select(func.count()).select_from(ContactScore)) == 0


def test_too_few_orders_say_what_is_missing(cast, company, printed):
    with cast.inside(company):
        sell(shop_of(("a", "2025-01-01"), ("b", "2025-01-02")))
    found = printed(company.slug, "clv")
    assert found["thin"] == "too_few_customers"
    assert found["numbers"]["customers"] == 2


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["no-such-place", "clv"], "workspace"),
        (["SLUG", "churn"], "retention, segments, clv"),
        (["SLUG", "clv", "--param", "model=pareto"], "bgnbd"),
        (["SLUG", "clv", "--param", "colour=red"], "colour"),
        (["SLUG", "clv", "--param", "unit"], "name=value"),
        (["SLUG", "clv", "--param", "discount=-3"], "discount"),
        (["SLUG", "clv", "--param", "calibration_end=soon"], "calibration_end"),
        (["SLUG", "retention", "--param", "period=year"], "week, month, quarter"),
        (["SLUG", "retention", "--param", "observation_end=2999-01-01"], "observation_end"),
    ],
)
def test_a_mistake_is_one_sentence_and_no_output(app, company, arguments, word):
    named = [company.slug if one == "SLUG" else one for one in arguments]
    done = app.test_cli_runner().invoke(args=["analytics", "run", *named])
    assert done.exit_code != 0
    assert done.stdout == ""
    assert word in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_standard_output_is_json_alone(app, cdnow_company):
    done = app.test_cli_runner().invoke(args=["analytics", "run", cdnow_company.slug, "segments"])
    assert json.loads(done.stdout)["report"] == "segments"
