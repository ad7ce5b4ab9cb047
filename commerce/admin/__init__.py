"""A merchant's pages over the facts: customers, orders, duplicates, policies, attributes."""

from commerce.admin import customer, order

__all__ = ["customer", "order"]
