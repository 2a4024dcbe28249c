"""Encodings, delimiters, dates and numbers as files really have them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import text

from app.extensions import db
from tests.cast import Cast, Company
from tests.crm.imports.conftest import HEADINGS, ROWS, Runner, csv_text, workbook_bytes

SAME = {
    "rows_read": 5, "orders": 4, "purchases": 3, "returns": 1, "customers": 2,
    "revenue": "42.39",
}  # fmt: skip


def same(report: dict[str, object]) -> bool:
    return {name: report.get(name) for name in SAME} == SAME


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_an_encoding_is_recognised(run_import: Runner, invoices: str, encoding: str) -> None:
    report = run_import(invoices.encode(encoding), "--cancelled-prefix", "C")
    assert same(report), report


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_delimiter_is_recognised(run_import: Runner, delimiter: str) -> None:
    report = run_import(csv_text([HEADINGS, *ROWS], delimiter), "--cancelled-prefix", "C")
    assert same(report), report


def test_a_workbook_gives_the_same_as_text(run_import: Runner) -> None:
    rows = [
        (
            int(no) if no.isdigit() else no, code, name, int(n),
            datetime.fromisoformat(day), float(price), int(who) if who else None, land,
        )
        for no, code, name, n, day, price, who, land in ROWS
    ]  # fmt: skip
    content = workbook_bytes([HEADINGS, *rows], empty_first=True)
    assert same(run_import(content, "--cancelled-prefix", "C"))


@pytest.mark.parametrize("encoding", ["utf-8", "cp1256"])
def test_persian_text_comes_in_as_written(
    run_import: Runner, cast: Cast, company: Company, encoding: str
) -> None:
    content = "نام مشتری,تاریخ,مبلغ\nسارا کریمی,1403/12/30,12\n"
    run_import(content.encode(encoding, "replace"), "--encoding", encoding)
    with cast.inside(company):
        names = db.session.scalars(text("SELECT name FROM contacts")).all()
        days = db.session.scalars(text("SELECT ordered_on FROM orders")).all()
    if encoding == "utf-8":
        assert names == ["سارا کریمی"]
        assert days == [date(2025, 3, 20)]


def test_windows_1256_is_recognised(run_import: Runner, cast: Cast, company: Company) -> None:
    content = "التاريخ,العميل,المبلغ\n2020-01-31,محمد علي,12\n2020-02-01,فاطمة حسن,15\n"
    run_import(
        content.encode("cp1256"), "--map", "date=1", "--map", "customer=2", "--map", "total=3"
    )
    with cast.inside(company):
        names = set(db.session.scalars(text("SELECT name FROM contacts")))
    assert names == {"محمد علي", "فاطمة حسن"}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (["12/1/2010", "12/13/2010"], [date(2010, 12, 1), date(2010, 12, 13)]),
        (["1/12/2010", "13/12/2010"], [date(2010, 12, 1), date(2010, 12, 13)]),
        (["40513", "40514.5"], [date(2010, 12, 1), date(2010, 12, 2)]),
        (["20101201", "20101202"], [date(2010, 12, 1), date(2010, 12, 2)]),
        (["1389/09/10", "۱۳۸۹/۰۹/۱۱"], [date(2010, 12, 1), date(2010, 12, 2)]),
        (["2010-12-01T23:30:00", "1 Dec 2010"], [date(2010, 12, 1), date(2010, 12, 1)]),
    ],
)
def test_a_column_of_dates_is_read_as_a_whole(
    run_import: Runner, cast: Cast, company: Company, written: list[str], expected: list[date]
) -> None:
    rows = [(str(n), day, "1") for n, day in enumerate(written)]
    report = run_import(csv_text([("order", "date", "total"), *rows]))
    assert report["refused"]["count"] == 0
    with cast.inside(company):
        found = db.session.scalars(text("SELECT ordered_on FROM orders ORDER BY number")).all()
    assert found == expected


def test_an_order_of_days_that_shows_late_holds_for_the_first_rows_too(
    run_import: Runner, cast: Cast, company: Company
) -> None:
    rows = [(str(n), "1/2/2010", "1") for n in range(3000)] + [("x", "1/30/2010", "1")]
    run_import(csv_text([("order", "date", "total"), *rows]))
    with cast.inside(company):
        days = set(db.session.scalars(text("SELECT ordered_on FROM orders")))
    assert days == {date(2010, 1, 2), date(2010, 1, 30)}


@pytest.mark.parametrize(
    ("amounts", "revenue"),
    [
        (["1,234.50", "2.25"], "1236.75"),
        (["1.234,50", "2,25"], "1236.75"),
        (["$1,234.50", "USD 2.25"], "1236.75"),
        (["۱٬۲۳۴٫۵۰", "۲٫۲۵"], "1236.75"),
        (["0.005", "0.015"], "0.02"),
        (["(5.00)", "7.00"], "2.00"),
    ],
)
def test_amounts_are_read_in_the_style_of_their_column(
    run_import: Runner, amounts: list[str], revenue: str
) -> None:
    rows = [(str(n), "2020-01-31", amount) for n, amount in enumerate(amounts)]
    assert run_import(csv_text([("order", "date", "total"), *rows], ";"))["revenue"] == revenue


def test_tomans_are_ten_rials(run_import: Runner, cast: Cast) -> None:
    shop = cast.company(language="fa", calendar="jalali", currency="IRR", money_unit="toman")
    content = "تاریخ,مبلغ\n1403/01/01,1500\n1403/01/02,2000 تومان\n1403/01/03,9000 ریال\n"
    assert run_import(content, company=shop)["revenue"] == "44000"


def test_the_total_wins_over_quantity_times_price(run_import: Runner) -> None:
    content = "order,date,quantity,price,total\n1,2020-01-31,2,5.00,9.00\n2,2020-01-31,3,1.00,\n"
    assert run_import(content)["revenue"] == "12.00"


def test_rows_without_an_order_number_are_one_order_for_each_customer_and_day(
    run_import: Runner, cast: Cast, company: Company
) -> None:
    rows = [
        *(("C1", day, "1") for day in ("2020-01-31", "2020-01-31", "2020-02-01")),
        *((who, "2020-01-31", "2") for who in ("C2", "", "")),
    ]
    report = run_import(csv_text([("customer", "date", "total"), *rows]))
    assert (report["orders"], report["anonymous_orders"], report["lines"]) == (4, 1, 6)
    with cast.inside(company):
        numbers = db.session.scalars(text("SELECT number FROM orders ORDER BY number")).all()
    assert numbers == ["2020-01-31", "2020-01-31-C1", "2020-01-31-C2", "2020-02-01-C1"]


def test_returns_count_as_no_purchase_of_a_customer(
    run_import: Runner, cast: Cast, company: Company, invoices: str
) -> None:
    run_import(invoices, "--cancelled-prefix", "C")
    with cast.inside(company):
        row = db.session.execute(
            text(
                "SELECT orders_count, revenue, first_order_on, last_order_on FROM contacts "
                "WHERE reference = '17850'"
            )
        ).one()
    assert tuple(row) == (1, 3309, date(2010, 12, 1), date(2010, 12, 1))


def test_cancelled_documents_with_positive_amounts_are_turned(run_import: Runner) -> None:
    content = "order,date,quantity,price\nC1,2020-01-31,2,5.00\n2,2020-01-31,3,5.00\n"
    report = run_import(content, "--cancelled-prefix", "C")
    assert (report["revenue"], report["returns"]) == ("5.00", 1)


def test_an_order_with_a_return_line_stays_a_purchase(run_import: Runner) -> None:
    content = "order,date,quantity,price\n1,2020-01-31,2,5.00\n1,2020-01-31,-1,5.00\n"
    report = run_import(content)
    assert (report["purchases"], report["returns"], report["revenue"]) == (1, 0, "5.00")


def test_names_are_matched_with_contacts_that_are_here(
    run_import: Runner, cast: Cast, company: Company
) -> None:
    from app.crm.contacts.models import Contact

    with cast.inside(company):
        db.session.add(Contact(name="Íris  Calloway", kind="person"))
        db.session.add(Contact(name="Someone", kind="person", email="edda@example.com"))
    content = "customer,email,date,total\nÍRIS CALLOWAY,,2020-01-31,5\nNew One,,2020-01-31,6\n"
    report = run_import(content)
    assert (report["customers"], report["customers_new"]) == (2, 1)
    content = "customer code,email,date,total\nC9,Edda@example.com,2020-03-31,5\n"
    assert run_import(content)["customers_new"] == 0


def test_a_headerless_table_is_mapped_by_number(run_import: Runner) -> None:
    content = " 00004 0001 19970101  2   29.33\n 00004 0001 19970118  2   29.73\n"
    options = [f"--map={pair}" for pair in ("customer=1", "date=3", "quantity=4", "total=5")]
    report = run_import(content, *options)
    assert (report["rows_read"], report["orders"], report["revenue"]) == (2, 2, "59.06")


def test_quantities_keep_three_decimals(run_import: Runner, cast: Cast, company: Company) -> None:
    run_import("date,quantity,price\n2020-01-31,0.125,80.00\n")
    with cast.inside(company):
        line = db.session.execute(text("SELECT quantity, amount FROM order_lines")).one()
    assert tuple(line) == (Decimal("0.125"), 1000)
