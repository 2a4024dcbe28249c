"""A shop's own file of orders, with what is usual in one: a bad row and a cancelled order."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.l10n import Formats, format_date, format_number, use
from tests.analytics.shop import CDNOW_END, Sale, cdnow

CUSTOMERS = 150
HEADS = {
    "en": ["Order number", "Date", "Customer", "Product", "Quantity", "Unit price"],
    "fa": ["شماره سفارش", "تاریخ", "کد مشتری", "کالا", "تعداد", "قیمت واحد"],
}
BAD_DAY = {"en": "some day", "fa": "یک روز"}
FORMATS = {
    "en": Formats(),
    "fa": Formats("fa", "jalali", "persian", "Asia/Tehran", "IRR", "IR", "toman"),
}


@dataclass(frozen=True)
class ShopFile:
    """The file, and what an import of it comes to."""

    path: Path
    orders: int
    cancelled: int
    refused: int
    customers: int


def write_orders(folder: Path, language: str) -> ShopFile:
    """Some hundred purchases of real customers, ended lately; dates and digits of the language."""
    moved = cdnow(datetime.now(UTC).date() - timedelta(days=9) - CDNOW_END)
    chosen = sorted({sale.customer for sale in moved if sale.customer})[::12][:CUSTOMERS]
    sales = [sale for sale in moved if sale.customer in chosen]
    with use(FORMATS[language]):
        rows = [_row(number, sale) for number, sale in enumerate(sales, 1001)]
        cancelled = ["C" + rows[0][0], *rows[0][1:4], format_number(-1), rows[0][5]]
    bad = ["9999", BAD_DAY[language], *rows[1][2:]]
    path = folder / "orders.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([HEADS[language], *rows[:40], bad, *rows[40:], cancelled])
    return ShopFile(path, len(rows), 1, 1, len(chosen))


def _row(number: int, sale: Sale) -> list[str]:
    day = format_date(sale.day, "numeric")
    price = format_number(max(1, sale.total // 100))
    return [str(number), day, str(sale.customer), f"P-{sale.total % 7}", format_number(1), price]
