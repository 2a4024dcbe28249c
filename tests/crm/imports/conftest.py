"""Files made for a test, and the import command run on them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from app.web import Payvand
from tests.cast import Company

HEADINGS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice",
            "CustomerID", "Country")  # fmt: skip
ROWS = (
    ("536365", "85123A", "White heart", "6", "2010-12-01 08:26", "2.55", "17850", "UK"),
    ("536365", "71053", "White lantern", "6", "2010-12-01 08:26", "3.39", "17850", "UK"),
    ("536366", "22633", "Hand warmer", "2", "2010-12-13 10:00", "1.85", "13047", "UK"),
    ("C536379", "85123A", "White heart", "-1", "2010-12-14 09:41", "2.55", "17850", "UK"),
    ("536414", "22139", "", "56", "2010-12-15 11:52", "0.10", "", "UK"),
)


def csv_text(rows: Iterable[Iterable[str]], delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


@pytest.fixture
def invoices() -> str:
    """A small table like the public retail data, with a return and a sale without customer."""
    return csv_text([HEADINGS, *ROWS])


Runner = Callable[..., dict[str, Any]]


@pytest.fixture
def run_import(app: Payvand, company: Company, tmp_path: Path) -> Runner:
    """Run the command on text or bytes for a company; returns its report."""

    def run(content: str | bytes, *options: str, company: Company = company) -> dict[str, Any]:
        path = tmp_path / "orders.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        result = app.test_cli_runner().invoke(
            args=["crm", "import-orders", company.slug, str(path), *options]
        )
        if result.exit_code:
            return {"error": result.output, "code": result.exit_code}
        report: dict[str, Any] = json.loads(result.stdout)
        return report

    return run


def workbook_bytes(rows: Iterable[Iterable[Any]], *, empty_first: bool = False) -> bytes:
    book = Workbook()
    sheet = book.active
    if empty_first:
        sheet = book.create_sheet("Orders")
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
