"""A whole demo company as plain values: nothing here touches the database."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date

from app.demo.catalogue import Catalogue, Ware
from app.demo.history import ending_on, read_history
from app.demo.newcomers import with_newcomers
from app.demo.people import Crowd, Party
from app.demo.sales import Sale, SaleLine, sales_of
from app.demo.story import Story
from app.l10n import format_date, use


@dataclass(frozen=True)
class DemoCompany:
    """Who buys, who works for those who buy, who may buy one day, and what was sold."""

    story: Story
    customers: dict[int, Party]
    staff: list[Party]
    leads: list[Party]
    wares: list[Ware]
    sales: list[Sale]

    def till_export(self) -> bytes:
        """The orders as a file such as a shop's till writes, a row for each line."""
        text = io.StringIO()
        writer = csv.writer(text)
        headings: dict[str, str] = self.story.data["headings"]
        writer.writerow(headings.values())
        with use(self.story.formats):
            for sale in self.sales:
                writer.writerows(self._row(sale, line) for line in sale.lines)
        return text.getvalue().encode("utf-8-sig")

    def _row(self, sale: Sale, line: SaleLine) -> list[str]:
        customer = self.customers[sale.customer]
        return [
            sale.number, format_date(sale.day, "numeric"), customer.reference or "", customer.name,
            customer.email or "", customer.phone or "", customer.city, line.ware.code,
            line.ware.name, str(line.quantity), self.story.shown_amount(line.cents),
        ]  # fmt: skip


def make_company(story: Story, newest: date) -> DemoCompany:
    """The story's company whose newest order is of the day `newest`; the same for the same day."""
    purchases = with_newcomers(ending_on(read_history(), newest))
    crowd, catalogue = Crowd(story), Catalogue(story)
    customers = crowd.customers(purchases)
    companies = [party for party in customers.values() if party.kind == "company"]
    return DemoCompany(
        story=story,
        customers=customers,
        staff=crowd.staff(companies),
        leads=crowd.leads(),
        wares=catalogue.wares(),
        sales=sales_of(purchases, catalogue),
    )
