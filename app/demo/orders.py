"""A demo company's products, and its orders through the same import that people use."""

from __future__ import annotations

import io
from datetime import datetime
from uuid import UUID

from app.crm.imports.batches import hash_and_size, keep_file
from app.crm.imports.engine import carry_out, take_in
from app.crm.imports.models import Import
from app.crm.imports.reading import look_at
from app.crm.products.models import Product
from app.demo.company import DemoCompany
from app.demo.sales import RETURN_MARK
from app.extensions import db
from app.tenancy import new_id


def add_products(company: DemoCompany, opened_at: datetime) -> None:
    """The whole catalogue with its list prices."""
    scale = company.story.minor_per_cent
    db.session.add_all(
        Product(code=ware.code, name=ware.name, unit_price=ware.cents * scale, created_at=opened_at)
        for ware in company.wares
    )
    db.session.flush()


def import_sales(company: DemoCompany, account_id: UUID) -> Import:
    """Import the company's till export as the member of this account; returns the batch."""
    file = io.BytesIO(company.till_export())
    digest, size = hash_and_size(file)
    batch = Import(
        id=new_id(),
        file_name=company.story.data["file_name"],
        file_size=size,
        file_hash=digest,
        state="running",
        account_id=account_id,
    )
    take_in(batch, look_at(file), company.story.data["headings"])
    batch.options = {**batch.options, "cancelled_prefix": RETURN_MARK}
    db.session.add(batch)
    db.session.flush()
    keep_file(batch.id, file)
    carry_out(batch, file, lambda _rows: None)
    return batch
