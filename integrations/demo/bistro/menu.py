"""What the bistro serves. Dishes and wines are invented, prices are without VAT."""

from integrations.demo.records import Product

# category → (dish, price in pounds)
CARD: dict[str, tuple[tuple[str, float], ...]] = {
    "Salads": (
        ("Green Harbour Salad", 9.5),
        ("Beetroot & Walnut Salad", 10.5),
        ("Warm Lentil Salad", 11),
    ),
    "Bowls": (("Miso Grain Bowl", 12.5), ("Roast Squash Bowl", 11.5), ("Poached Trout Bowl", 14)),
    "Sandwiches": (("Smoked Cheddar Toastie", 8.5), ("Chicken & Tarragon Roll", 9)),
    "Soups": (("Soup of the Day", 7), ("Fish Soup with Rouille", 9.5)),
    "Starters": (
        ("Scallops on Pea Cream", 12),
        ("Duck Liver Parfait", 9.5),
        ("Charred Leeks", 8.5),
    ),
    "Mains": (
        ("Lemon Sole", 24),
        ("Slow Lamb Shoulder", 23),
        ("Mushroom Wellington", 18.5),
        ("Bouillabaisse", 26),
    ),
    "Grill": (("Rib Eye", 29), ("Half Chicken", 17.5), ("Cauliflower Steak", 15)),
    "Desserts": (("Burnt Custard", 7.5), ("Chocolate Pot", 7), ("Cheese Plate", 10)),
    "Wine": (
        ("House White Carafe", 16),
        ("House Red Carafe", 16),
        ("Cellar Red Bottle", 38),
        ("Grower Sparkling Bottle", 52),
    ),
    "Beer & Cider": (("Harbour Pale Ale", 5.5), ("Orchard Cider", 5.8)),
    "Soft Drinks": (("Elderflower Press", 3.8), ("Sparkling Water", 3)),
    "Coffee": (("Flat White", 3.4), ("Filter Coffee", 3)),
    "Private Dining": (("Private Dining Menu", 48),),
}
MENU = tuple(
    Product(
        name=name,
        sku=f"{category[:3].upper()}{serial:02d}",
        category=category,
        vendor="Low Quay Cellar" if category == "Wine" else "Kitchen",
        price=round(price * 100),
        cost=round(price * 100 * (0.42 if category == "Wine" else 0.29)),
    )
    for category, dishes in CARD.items()
    for serial, (name, price) in enumerate(dishes, start=1)
)
BY_CATEGORY = {
    category: tuple(dish for dish in MENU if dish.category == category) for category in CARD
}
HEALTHY = ("Salads", "Bowls")
