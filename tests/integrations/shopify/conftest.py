"""What the tests of the connector stand on."""

from tests.integrations.shopify.connected import at_sandbox, do, loaded, store
from tests.integrations.shopify.hooked import deliver, hooked
from tests.integrations.shopify.sandbox import shopify

__all__ = ["at_sandbox", "deliver", "do", "hooked", "loaded", "shopify", "store"]
