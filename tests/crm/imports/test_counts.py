"""What a plain file comes to."""

from __future__ import annotations

from tests.crm.imports.conftest import Runner


def test_a_file_of_invoices_becomes_orders_customers_and_products(
    run_import: Runner, invoices: str
) -> None:
    report = run_import(invoices, "--cancelled-prefix", "C")
    assert report["rows_read"] == 5
    assert (report["orders"], report["purchases"], report["returns"]) == (4, 3, 1)
    assert (report["lines"], report["customers"], report["products"]) == (5, 2, 4)
    assert report["revenue"] == "42.39"
    assert report["anonymous_revenue"] == "5.60"
    assert report["refused"] == {"count": 0, "reasons": []}
