"""The order tests' makers of contacts, products and orders."""

from tests.crm.orders.conftest import contact, order, product

__all__ = ["contact", "order", "product"]
