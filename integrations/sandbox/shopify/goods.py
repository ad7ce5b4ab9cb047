"""What the sandbox's shop sells, and through which doors its orders come."""

from typing import Any

from integrations.sandbox.shopify.ids import gid

Made = dict[str, Any]

_KINDS = (
    ("Tea", "Food, Beverages & Tobacco > Beverages > Tea & Infusions", ("loose", "caffeine")),
    ("Soap", "Health & Beauty > Personal Care > Cosmetics > Bath & Body", ("handmade",)),
    ("Candle", "Home & Garden > Decor > Home Fragrances > Candles", ("gift", "handmade")),
    ("Mug", "Home & Garden > Kitchen & Dining > Tableware > Drinkware", ("gift",)),
)
_TONES = ("Alder", "Birch", "Clover", "Heather", "Juniper", "Rowan")
_VENDORS = ("Fernhollow", "Low Quay", "Millrace")


def _product(number: int) -> Made:
    kind, category, tags = _KINDS[number % len(_KINDS)]
    tone = _TONES[number // len(_KINDS)]
    return {
        "id": gid("Product", 8_100_000_000_000 + number),
        "title": f"{tone} {kind}",
        "productType": kind,
        "vendor": _VENDORS[number % len(_VENDORS)],
        "tags": list(tags),
        "category": {
            "id": gid("TaxonomyCategory", 500 + number % len(_KINDS)),
            "name": category.rpartition(" > ")[2],
            "fullName": category,
        },
        "_number": 8_100_000_000_000 + number,
        "_key": f"product {number}",
        "_cents": 650 + 375 * (number % 11),
        "_sku": f"{tone[:3]}-{kind[:3]}-{number:02d}".upper(),
    }


PRODUCTS = [_product(number) for number in range(len(_KINDS) * len(_TONES))]
GIFT_CARD = _product(0) | {
    "id": gid("Product", 8_100_000_000_900),
    "title": "Gift card",
    "productType": "Gift card",
    "category": None,
    "tags": [],
    "_number": 8_100_000_000_900,
    "_key": "gift card",
    "_cents": 2500,
    "_sku": "",
}
VARIANTS = {
    product["id"]: {
        "id": gid("ProductVariant", product["_number"] + 36_000_000_000_000),
        "sku": product["_sku"] or None,
        "title": "Default Title",
        "_key": f"variant {product['_number']}",
    }
    for product in [*PRODUCTS, GIFT_CARD]
}


def _door(serial: int, source: str, app: str, handle: str, name: str) -> Made:
    channel = gid("ChannelDefinition", 4_000 + serial)
    return {
        "sourceName": source,
        "app": {"id": gid("OrderApp", 580_110 + serial), "name": app, "_key": app},
        "attribution": {"handle": handle, "displayName": name, "_key": handle},
        "channelInformation": {
            "id": gid("ChannelInformation", 9_000 + serial),
            "channelId": gid("Channel", 9_000 + serial),
            "displayName": name,
            "_key": handle,
            "channelDefinition": {
                "id": channel,
                "handle": handle,
                "channelName": name,
                "subChannelName": name,
                "isMarketplace": handle.startswith("tiktok"),
            },
        },
        "publication": {"id": gid("Publication", 7_700 + serial)},
    }


WEB = _door(1, "web", "Online Store", "web", "Online Store")
POINT_OF_SALE = _door(2, "pos", "Point of Sale", "pos", "Point of Sale")
DRAFT = _door(3, "shopify_draft_order", "Draft Orders", "draft_orders", "Draft Orders")
TIKTOK = _door(4, "tiktok", "TikTok Shop Connector", "tiktok-shop", "TikTok Shop")
# An app's own orders come without a channel: the nullable fields have to be null somewhere.
APP = DRAFT | {
    "sourceName": "3890849",
    "app": {"id": gid("OrderApp", 3_890_849), "name": "Back Office", "_key": "Back Office"},
    "attribution": None,
    "channelInformation": None,
    "publication": None,
}
