"""Where an order can be seen at its platform."""

import re

from commerce.models import Order

SOURCE = re.compile(r"shopify:(?P<shop>[a-z0-9][a-z0-9-]{0,60})(\.myshopify\.com)?")
ORDER = re.compile(r"(gid://shopify/Order/)?(?P<id>[0-9]{1,20})")


def shopify_address(order: Order) -> str:
    """Return the order's page in its Shopify admin, or nothing when it is no order of Shopify's."""
    shop, known = SOURCE.fullmatch(order.source), ORDER.fullmatch(order.external_id)
    if shop is None or known is None:
        return ""
    return f"https://{shop['shop']}.myshopify.com/admin/orders/{known['id']}"
