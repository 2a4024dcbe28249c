"""The demo companies before they touch a database: names, sums, days."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest

from app.demo.company import DemoCompany, make_company
from app.demo.draws import spread
from app.demo.history import Purchase, ending_on, read_history
from app.demo.newcomers import with_newcomers
from app.demo.people import Party
from app.demo.sales import split
from app.demo.story import LANGUAGES, load_story
from app.l10n import parse_phone

NEWEST = date(2025, 11, 19)
SAMPLE = 2357


@pytest.fixture(scope="module", params=LANGUAGES)
def company(request: pytest.FixtureRequest) -> DemoCompany:
    return make_company(load_story(request.param), NEWEST)


@pytest.fixture(scope="module")
def history() -> list[Purchase]:
    return read_history()


def parties(company: DemoCompany) -> list[Party]:
    return [*company.customers.values(), *company.staff, *company.leads]


def test_the_history_is_the_whole_sample(history: list[Purchase]) -> None:
    assert len(history) == 6919
    assert len({purchase.customer for purchase in history}) == 2357
    assert sum(purchase.cents for purchase in history) == 24_409_194


def test_shifted_days_keep_every_distance_and_end_on_the_newest(history: list[Purchase]) -> None:
    shifted = ending_on(history, NEWEST)
    shift = shifted[0].day - history[0].day
    assert max(purchase.day for purchase in shifted) == NEWEST
    pairs = zip(history, shifted, strict=True)
    assert all(after.day - before.day == shift for before, after in pairs)


def test_every_order_adds_up_to_its_purchase(company: DemoCompany, history: list[Purchase]) -> None:
    orders = [sale for sale in company.sales if not sale.is_return]
    purchases = with_newcomers(ending_on(history, NEWEST))
    bought = Counter((p.customer, p.day, p.quantity, p.cents) for p in purchases)
    sold = Counter(
        (
            sale.customer,
            sale.day,
            sum(line.quantity for line in sale.lines),
            sum(line.cents for line in sale.lines),
        )
        for sale in orders
    )
    assert sold == bought


def test_lines_have_whole_prices_near_the_list_price(company: DemoCompany) -> None:
    lines = [line for sale in company.sales for line in sale.lines]
    assert all(line.cents % line.quantity == 0 for line in lines)
    assert all(line.cents // line.quantity <= line.ware.cents for line in lines)
    usual = [line for line in lines if line.cents * 10 >= line.ware.cents * line.quantity * 9]
    assert len(usual) > len(lines) * 0.9


def test_an_order_has_up_to_four_different_products(company: DemoCompany) -> None:
    for sale in company.sales:
        codes = {line.ware.code for line in sale.lines}
        assert 1 <= len(codes) == len(sale.lines) <= 4


@pytest.mark.parametrize(("quantity", "cents"), [(1, 1177), (2, 2933), (3, 0), (40, 50697), (7, 7)])
def test_a_split_keeps_pieces_and_money(quantity: int, cents: int) -> None:
    parts = split(quantity, cents, "key")
    assert sum(part for part, _unit in parts) == quantity
    assert sum(part * unit for part, unit in parts) == cents
    assert all(part > 0 and unit >= 0 for part, unit in parts)


def test_a_handful_of_returns_follow_their_orders(company: DemoCompany) -> None:
    orders = {sale.number: sale for sale in company.sales if not sale.is_return}
    returns = [sale for sale in company.sales if sale.is_return]
    assert 10 < len(returns) < 40
    for sale in returns:
        order = orders[sale.number.removeprefix("R")]
        assert sale.customer == order.customer
        assert order.day < sale.day <= NEWEST
        (line,) = sale.lines
        assert line.quantity == -1
        assert line.cents < 0
        assert line.ware in {bought.ware for bought in order.lines}


def test_no_name_and_no_address_comes_twice(company: DemoCompany) -> None:
    everyone = parties(company)
    assert len({party.name for party in everyone}) == len(everyone) > 3200
    mails = [party.email for party in everyone if party.email]
    assert len(set(mails)) == len(mails)
    numbers = [party.phone for party in everyone if party.phone and party.company is None]
    assert len(set(numbers)) == len(numbers)


def test_products_have_names_and_codes_of_their_own(company: DemoCompany) -> None:
    assert len({ware.name for ware in company.wares}) == len(company.wares)
    assert len({ware.code for ware in company.wares}) == len(company.wares)


def test_addresses_end_in_domains_kept_for_examples(company: DemoCompany) -> None:
    kept = re.compile(r"[a-z.-]+@([a-z-]+\.example|example\.(com|org|net))")
    mails = [party.email for party in parties(company) if party.email]
    assert all(kept.fullmatch(mail) for mail in mails)


def test_numbers_are_kept_for_fiction_and_can_be_typed(company: DemoCompany) -> None:
    region = company.story.workspace["region"]
    kept = {
        "GB": r"\+44(7700900\d{3}|(1\d\d|191)49[68]0\d{3}|2079460\d{3}|2920180\d{3}|2896496\d{3})",
        "IR": r"\+98970000\d{4}",
    }[region]
    for party in parties(company):
        if party.phone:
            assert re.fullmatch(kept, party.phone), party.phone
            assert parse_phone(party.phone, region) == party.phone


def test_names_are_in_the_script_of_the_language(company: DemoCompany) -> None:
    script = {"en": r"[A-Za-zé &'-]+", "fa": r"[آ-ی\u200c ]+"}[company.story.language]
    assert all(re.fullmatch(script, party.name) for party in parties(company))


def test_companies_buy_in_quantity_and_have_people(company: DemoCompany) -> None:
    companies = {p.place for p in company.customers.values() if p.kind == "company"}
    assert 50 < len(companies) < 300
    assert {party.company for party in company.staff} == companies


def test_the_same_day_makes_the_same_company(company: DemoCompany) -> None:
    again = make_company(company.story, NEWEST)
    assert again.till_export() == company.till_export()


def test_another_day_keeps_the_customers_of_the_sample(company: DemoCompany) -> None:
    later = make_company(company.story, NEWEST + timedelta(days=1))
    for place in range(1, SAMPLE + 1):
        assert later.customers[place] == company.customers[place]


def test_order_numbers_follow_the_days(company: DemoCompany) -> None:
    orders = [sale for sale in company.sales if not sale.is_return]
    assert [int(sale.number) for sale in orders] == list(range(10001, 10001 + len(orders)))
    assert all(one.day <= next_one.day for one, next_one in pairwise(orders))


def test_the_till_export_writes_money_as_people_see_it(company: DemoCompany) -> None:
    rows = list(csv.DictReader(io.StringIO(company.till_export().decode("utf-8-sig"))))
    headings = company.story.data["headings"]
    shown = sum(
        float(row[headings["total"]])
        for row in rows
        if not row[headings["order"]].startswith("R")
        and int(row[headings["customer"]].removeprefix("C-")) <= SAMPLE
    )
    factor = {"en": 1, "fa": 40_000}[company.story.language]
    assert shown == pytest.approx(244_091.94 * factor)


@pytest.mark.parametrize("most", [1, 2, 7, 1000, 8400])
def test_spread_meets_every_place_once(most: int) -> None:
    assert sorted(spread(index, most) for index in range(most)) == list(range(most))
