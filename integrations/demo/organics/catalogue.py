"""What the organics shop sells. Makers and products are invented."""

from integrations.demo.records import Product

# category → maker → (product, price in dollars)
SHELVES: dict[str, dict[str, list[tuple[str, float]]]] = {
    "Tea": {
        "Stillwater Leaf": [
            ("Morning Fog Black Tea", 14),
            ("Slow River Oolong", 19),
            ("Pine Smoke Tea", 16.5),
            ("Garden Mint Infusion", 11.5),
        ],
        "Tiny Kettle": [
            ("Ginger & Lemon Sachets", 9.5),
            ("Bedtime Chamomile", 9.5),
            ("Ceremony Matcha", 34),
        ],
    },
    "Coffee": {
        "Hollow Hill Roasters": [
            ("Ridge Espresso Beans", 18),
            ("Valley Filter Beans", 17),
            ("Decaf Dusk", 18.5),
        ]
    },
    "Supplements": {
        "Root & Measure": [
            ("Reishi Powder", 39),
            ("Lion's Mane Capsules", 44),
            ("Magnesium Night Drops", 28),
            ("Vitamin D Spray", 19.5),
        ],
        "Plain Pod": [("Pea Protein Vanilla", 36), ("Collagen-Free Beauty Mix", 48)],
    },
    "Skincare": {
        "Softground": [
            ("Oat Milk Cleanser", 24),
            ("Rosehip Face Oil", 38),
            ("Clay & Nettle Mask", 27),
            ("Sun Veil Mineral Cream", 32),
        ],
        "Bare Orchard": [
            ("Apricot Hand Balm", 15),
            ("Calendula Lip Care", 8.5),
            ("Night Repair Serum", 62),
        ],
    },
    "Wine": {
        "Low Wall Vineyards": [
            ("Field White", 21),
            ("Harvest Red", 26),
            ("Pale Cloud Rosé", 22),
            ("Old Terrace Reserve", 58),
        ],
        "Second Slope": [("Orange Skin Contact", 33), ("Alpine Sparkling", 41)],
    },
    "Pantry": {
        "Field Larder": [
            ("Buckwheat Honey", 13.5),
            ("Stone Mill Flour", 8),
            ("Olive Oil First Press", 27),
            ("Tomato Passata Trio", 12),
        ],
        "Hearth & Husk": [
            ("Granola Maple Pecan", 11),
            ("Black Bean Crisps", 5.5),
            ("Almond Butter", 14.5),
        ],
    },
    "Household": {
        "Clean Slate": [
            ("Laundry Leaves", 16),
            ("Citrus Surface Spray", 9),
            ("Dish Soap Refill", 12.5),
            ("Beeswax Wraps", 18),
        ]
    },
    "Baby": {
        "Little Acorn": [("Barrier Balm", 14), ("Oat Bath Pouch", 12), ("Cotton Wash Cloths", 19)]
    },
}


def _stock() -> tuple[Product, ...]:
    return tuple(
        Product(
            name=name,
            sku=f"{category[:3].upper()}-{maker[:2].upper()}{serial:02d}",
            category=category,
            vendor=maker,
            price=round(price * 100),
            cost=round(price * 100 * (0.34 + 0.05 * (serial % 4))),
        )
        for category, makers in SHELVES.items()
        for maker, products in makers.items()
        for serial, (name, price) in enumerate(products, start=1)
    )


PRODUCTS = _stock()
BY_CATEGORY: dict[str, tuple[Product, ...]] = {
    category: tuple(product for product in PRODUCTS if product.category == category)
    for category in SHELVES
}
BY_NAME = {product.name: product for product in PRODUCTS}
# How many of the customers fall for each.
APPEAL = {
    "Tea": 24,
    "Coffee": 12,
    "Supplements": 17,
    "Skincare": 20,
    "Wine": 9,
    "Pantry": 14,
    "Household": 8,
    "Baby": 4,
}
