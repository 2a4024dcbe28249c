"""The report pages as people meet them."""

from __future__ import annotations

import csv
import html
import io
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select, text

from app.crm.contacts.filters import read_state
from app.crm.contacts.models import Contact
from app.crm.contacts.queries import count_all, scope_of
from app.extensions import db
from app.jobs import drain
from app.l10n import Formats, use
from app.tenants.audit.models import AuditEvent
from tests.analytics.shop import UNTIL_LATELY, cdnow, sell, shop_of

REPORTS = ("retention", "segments", "clv")
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture(scope="module")
def viewer(living_company, app):
    from tests.cast import Cast

    return Cast(app).member(living_company, "owner")


@pytest.fixture(scope="module")
def computed(app, viewer):
    """An owner of a company where every report was computed."""
    asked = [
        ("retention", {}),
        ("retention", {"kind": "on_or_after"}),
        ("segments", {}),
        ("clv", {}),
    ]
    for report, parameters in asked:
        viewer.client.post(viewer.url(f"reports/{report}/runs"), data=parameters)
    with app.app_context():
        drain()
    return viewer


def page_of(member, address, **query):
    response = member.client.get(member.url(f"reports{address}"), query_string=query)
    assert response.status_code == 200, response.get_data(as_text=True)
    return response.get_data(as_text=True)


def words(page):
    """The page's text, without markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_each_report_opens_with_a_sentence_that_holds_an_interval(computed):
    assert re.search(
        r"Of every 100 new customers, \d+ \(\d+ to \d+\) order",
        words(page_of(computed, "/retention")),
    )
    text = words(page_of(computed, "/clv"))
    assert re.search(r"Your 2,357 customers should bring \$[\d.]+k in the next 24 months", text)
    assert re.search(r"\(\$[\d.]+k to \$[\d.]+k\) ?\. \d+ of them carry 80% of it\.", text)
    assert "of your customers and brought" in words(page_of(computed, "/segments"))


def test_or_later_is_said_in_the_sentence(computed):
    text = words(page_of(computed, "/retention", kind="on_or_after"))
    assert re.search(r"order again in month 3 after their first, or later\.", text)


def test_the_list_of_reports_tells_each_result_and_its_age(computed):
    text = words(page_of(computed, ""))
    assert "Your 2,357 customers should bring" in text
    assert text.count("Computed on") == 3


def test_without_orders_every_page_leads_to_the_import(owner):
    for address in ("", *(f"/{report}" for report in REPORTS)):
        assert "No orders yet" in page_of(owner, address)


@pytest.mark.parametrize("report", REPORTS)
def test_a_report_nobody_asked_for_offers_one_button(cast, company, owner, report):
    with cast.inside(company):
        sell(shop_of(("a", "2025-01-01")))
    page = page_of(owner, f"/{report}")
    assert page.count(f'action="{owner.url(f"reports/{report}/runs")}"') == 1
    assert "hx-trigger" not in page


def test_while_it_runs_the_page_asks_each_second_and_stops_with_the_result(cast, company, owner):
    with cast.inside(company):
        sell(cdnow(UNTIL_LATELY)[:600])
    owner.client.post(owner.url("reports/segments/runs"))
    page = page_of(owner, "/segments")
    address = re.search(r'hx-get="([^"]+)" hx-trigger="every 1s"', page).group(1)
    waiting = owner.client.get(address, headers=FRAGMENT).get_data(as_text=True)
    assert "every 1s" in waiting
    assert "Waiting for a worker" in waiting
    with cast.app.app_context():
        drain()
    done = owner.client.get(address, headers=FRAGMENT).get_data(as_text=True)
    assert "hx-trigger" not in done
    assert "of your customers and brought" in words(done)
    assert 'id="report-actions" hx-swap-oob="true"' in done
    assert "<html" not in done


def test_without_htmx_the_runs_address_leads_to_the_report(cast, company, owner):
    with cast.inside(company):
        sell(shop_of(("a", "2025-01-01")))
    owner.client.post(owner.url("reports/retention/runs"), data={"period": "week"})
    page = page_of(owner, "/retention", period="week")
    address = re.search(r'hx-get="([^"]+)"', page).group(1)
    answer = owner.client.get(address)
    assert answer.status_code == 303
    assert answer.location.endswith("/reports/retention?period=week")


def test_too_few_customers_are_told_in_words(cast, company, owner, compute):
    with cast.inside(company):
        sell(shop_of(("a", "2025-01-01"), ("b", "2025-01-05")))
    for report in ("segments", "clv"):
        compute(owner, report)
        assert "there are 2." in words(page_of(owner, f"/{report}"))


def test_customers_who_never_came_back_are_told_in_words(cast, company, owner, compute):
    with cast.inside(company):
        lately = (datetime.now(UTC).date() - timedelta(days=9)).isoformat()
        sell(shop_of(*((f"c{number}", lately) for number in range(30))))
    compute(owner, "clv")
    assert "Nobody has come back yet" in page_of(owner, "/clv")


def test_a_small_shop_gets_finite_numbers(cast, company, owner, compute):
    with cast.inside(company):
        sell(cdnow(UNTIL_LATELY)[:100])
    for report in REPORTS:
        compute(owner, report)
        assert "nan" not in words(page_of(owner, f"/{report}")).lower().split()


def test_old_orders_are_said_to_be_old(cast, company, owner, compute):
    with cast.inside(company):
        sell(cdnow()[:600])
    for report in REPORTS:
        compute(owner, report)
        assert "The newest order is of" in page_of(owner, f"/{report}")


def test_the_chance_of_being_active_is_not_shown(computed):
    assert "active" not in words(page_of(computed, "/clv")).replace("while active", "")


@pytest.mark.parametrize("role", ["rep", "read-only"])
def test_those_who_may_only_read_cannot_compute_or_export(cast, living_company, computed, role):
    reader = cast.member(living_company, role)
    for report in REPORTS:
        page = page_of(reader, f"/{report}")
        assert "/runs" not in page
        assert "/export" not in page
        assert reader.client.post(reader.url(f"reports/{report}/runs")).status_code == 403
    assert reader.client.get(reader.url("reports/clv/export?table=customers")).status_code == 403
    assert "Ask a manager" in page_of(reader, "/retention", period="quarter")


@pytest.mark.parametrize(
    ("report", "query", "sentence"),
    [
        ("retention", {"period": "aeon"}, "period takes week, month, quarter, not “aeon”."),
        ("clv", {"discount": "lots"}, "discount takes a per cent between 0 and 100, not “lots”."),
        ("clv", {"horizon": "7"}, "horizon takes 12, 24, 36, not “7”."),
        ("segments", {"observation_end": "tomorrow"}, "observation_end:"),
    ],
)
def test_a_bad_address_is_answered_with_a_sentence(computed, report, query, sentence):
    address = computed.url(f"reports/{report}")
    answer = computed.client.get(address, query_string=query)
    assert answer.status_code == 422
    assert sentence in html.unescape(answer.get_data(as_text=True))
    assert computed.client.post(f"{address}/runs", data=query).status_code == 422


def test_what_was_typed_is_kept(computed):
    answer = computed.client.get(computed.url("reports/clv"), query_string={"discount": "lots"})
    assert 'value="lots"' in answer.get_data(as_text=True)


def people_behind(cast, member, address):
    """How many contacts the list at this address has."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    with cast.inside(member.company), use(Formats()):
        state = read_state(query)
        assert not state.errors
        assert not state.notes
        return count_all(scope_of(state.filters, member.membership_id))


def drills(page):
    """(address, number) of every number on the page that leads to contacts."""
    found = re.findall(r'<a (?:class="drill" )?href="([^"]*/contacts\?[^"]*)">([\d,]+)</a>', page)
    return [(html.unescape(address), int(number.replace(",", ""))) for address, number in found]


def test_every_segment_leads_to_as_many_contacts_as_it_says(cast, computed):
    found = drills(page_of(computed, "/segments"))
    assert len(found) > 5
    assert [people_behind(cast, computed, one) for one, _ in found] == [n for _, n in found]
    assert sum(number for _, number in found) == 2357


def test_every_bar_leads_to_as_many_contacts_as_it_says(cast, computed):
    found = drills(page_of(computed, "/clv"))
    assert len(found) > 5
    assert [people_behind(cast, computed, one) for one, _ in found] == [n for _, n in found]
    assert sum(number for _, number in found) == 2357


@pytest.mark.parametrize("kind", ["on", "on_or_after"])
def test_every_cell_leads_to_as_many_contacts_as_it_counts(cast, computed, printed, kind):
    page = page_of(computed, "/retention", kind=kind)
    counted = printed(computed.company.slug, "retention", kind=kind)["cohorts"]
    expected = [
        number
        for cohort in counted
        for number in [cohort["size"], *(n for n in cohort["counts"][1:19] if n is not None)]
    ]
    found = [people_behind(cast, computed, address) for address, _ in drills(page)]
    assert found == expected


def test_bars_lead_nowhere_once_another_run_wrote_the_values(cast, company, owner, compute):
    with cast.inside(company):
        sell(cdnow(UNTIL_LATELY)[:1500])
    compute(owner, "clv")
    assert drills(page_of(owner, "/clv"))
    compute(owner, "clv", horizon="12")
    assert not drills(page_of(owner, "/clv"))
    assert drills(page_of(owner, "/clv", horizon="12"))


def exported(member, report, table, **query):
    address = member.url(f"reports/{report}/export")
    answer = member.client.get(address, query_string={"table": table, **query})
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))


def test_every_table_is_exported(computed, printed):
    size = len(exported(computed, "clv", "customers"))
    assert size == len(exported(computed, "segments", "customers")) == 2358
    values = exported(computed, "clv", "distribution")
    assert sum(int(row[2]) for row in values[1:]) == 2357
    assert len(exported(computed, "clv", "holdout")) > 10
    segments = printed(computed.company.slug, "segments")["segments"]
    rows = exported(computed, "segments", "segments")[1:]
    assert [(row[0], int(row[2]), float(row[3])) for row in rows] == [
        (one["name"], one["size"], one["value"]) for one in segments
    ]
    assert exported(computed, "retention", "cohorts")[0][:3] == ["cohort", "first_day", "size"]
    assert exported(computed, "retention", "average")[1][:2] == ["0", "1.0"]


def test_an_export_is_audited(cast, computed):
    exported(computed, "segments", "segments")
    with cast.inside(computed.company):
        events = db.session.scalars(
            select(AuditEvent).where(AuditEvent.action == "report.exported")
        ).all()
        assert any(one.details["table"] == "segments" for one in events)
        assert {one.account_id for one in events} == {computed.account_id}


def test_names_that_look_like_formulas_are_made_harmless(cast, company, owner, compute):
    with cast.inside(company):
        ids = sell(cdnow(UNTIL_LATELY)[:600])
        evil = db.session.get_one(Contact, (company.id, next(iter(ids.values()))))
        evil.name = "=HYPERLINK(0)"
    compute(owner, "clv")
    names = [row[1] for row in exported(owner, "clv", "customers")]
    assert "'=HYPERLINK(0)" in names
    assert not any(name.startswith(("=", "+", "-", "@")) for name in names)


@pytest.mark.parametrize("table", ["", "nothing", "../etc"])
def test_an_unknown_table_is_not_there(computed, table):
    answer = computed.client.get(computed.url("reports/clv/export"), query_string={"table": table})
    assert answer.status_code == 404


def test_names_on_the_page_are_escaped_and_fresh(cast, company, owner, compute):
    with cast.inside(company):
        sell(cdnow(UNTIL_LATELY)[:600])
    compute(owner, "clv")
    with cast.inside(company):
        db.session.execute(text("UPDATE contacts SET name = '<b>bold</b>'"))
    page = page_of(owner, "/clv")
    assert "<b>bold" not in page
    assert "&lt;b&gt;bold" in page


def test_a_persian_company_reads_jalali_months_and_persian_digits(cast, compute):
    company = cast.company(
        language="fa", calendar="jalali", digits="persian", timezone="Asia/Tehran",
        currency="IRR", money_unit="toman",
    )  # fmt: skip
    owner = cast.member(company, "owner")
    with cast.inside(company):
        sell(cdnow(UNTIL_LATELY))
    for report in REPORTS:
        compute(owner, report)
    page = page_of(owner, "/retention")
    assert 'dir="rtl"' in page
    assert re.search("(خرداد|تیر|مرداد|اردیبهشت) ۱۴۰", page)
    assert "۲٬۳۵۷" in page_of(owner, "/clv")
    assert "تومان" in page_of(owner, "/clv")


def test_web_processes_do_not_load_pandas(subprocess_environment):
    code = (
        "import sys, wsgi; heavy = {'pandas', 'scipy', 'sklearn'} & set(sys.modules);"
        " sys.exit(' '.join(heavy) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=subprocess_environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
