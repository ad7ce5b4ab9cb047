"""The sandbox itself is what these tests look at."""

from tests.integrations.shopify.sandbox import shopify

__all__ = ["shopify"]
