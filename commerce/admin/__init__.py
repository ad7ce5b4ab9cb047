"""A merchant's pages over the facts: customers, orders, duplicates, policies, attributes."""

from commerce.admin import attribute, customer, order

__all__ = ["attribute", "customer", "order"]
