"""A merchant's pages over the facts: customers, orders, duplicates, policies, attributes."""

from commerce.admin import (
    attribute,
    customer,
    duplicates_page,
    facts_page,
    order,
    policy_page,
    population_page,
    privacy_page,
)

__all__ = [
    "attribute",
    "customer",
    "duplicates_page",
    "facts_page",
    "order",
    "policy_page",
    "population_page",
    "privacy_page",
]
