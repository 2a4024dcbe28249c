"""Writing products: make, change, put away and take back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app.crm.products.models import Product
from app.extensions import db
from app.tenants.audit.actions import record
from app.web import Conflicting


class CodeTaken(Exception):
    """Another product of the tenant has this code."""


def create_product(
    product_id: UUID, name: str, code: str | None, unit_price: int | None
) -> Product:
    """Make a product. Raises CodeTaken."""
    product = Product(id=product_id)
    _store(product, {"name": name, "code": code, "unit_price": unit_price})
    record("product.created", product, name=name, code=code)
    return product


def change_product(product: Product, name: str, code: str | None, unit_price: int | None) -> None:
    """Change a product's name, code and price. Raises CodeTaken, Conflicting."""
    before = {"name": product.name, "code": product.code, "unit_price": product.unit_price}
    after = {"name": name, "code": code, "unit_price": unit_price}
    changes = {key: after[key] for key in after if after[key] != before[key]}
    if not changes:
        return
    _store(product, changes)
    record("product.changed", product, **changes)


def _store(product: Product, values: dict[str, Any]) -> None:
    try:
        with db.session.begin_nested():
            for key, value in values.items():
                setattr(product, key, value)
            db.session.add(product)
            db.session.flush()
    except IntegrityError as error:
        if "uq_products_tenant_id_code" in str(error.orig):
            raise CodeTaken from error
        raise
    except StaleDataError as error:
        raise stale_product() from error


def stale_product() -> Conflicting:
    """What to say when somebody else saved the product first."""
    return Conflicting(
        _(
            "Somebody changed this product since you opened it. Open it again and repeat "
            "your change."
        )
    )


def archive_product(product: Product) -> None:
    """Take a product out of lists and suggestions; its sales stay."""
    if product.archived_at is None:
        _store(product, {"archived_at": datetime.now(UTC)})
        record("product.archived", product, name=product.name)


def restore_product(product: Product) -> None:
    """Put an archived product back."""
    if product.archived_at is not None:
        _store(product, {"archived_at": None})
        record("product.restored", product, name=product.name)
