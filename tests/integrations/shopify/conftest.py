"""What the tests of the connector stand on."""

from tests.integrations.shopify.sandbox import shopify

__all__ = ["shopify"]
