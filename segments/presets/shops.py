"""Seven segments of online shops: anniversaries, win-back, subscriptions, favourites."""

from segments.presets.preset import FAMILIES, PRESETS, Family, Preset
from segments.presets.writing import always, has

FAMILY = FAMILIES.register(
    Family("shops", "Online shops", "What they buy again, and when it is time to write to them.", 2)
)

_SHOPS = (
    Preset(
        "anniversary",
        "Anniversary candidates",
        "shops",
        "Their first order was a year ago: 365 to 371 days.",
        always(has("first_order_date", "between_ago", ["365_days", "371_days"])),
        use="Run it once a week and nobody is missed or met twice.",
    ),
    Preset(
        "winback_eligible",
        "Win-back eligible",
        "shops",
        "No order for 90 days or more, and more than 50 spent.",
        always(has("days_since_last_order", "gte", 90), has("total_spent", "gt", 50)),
        use="Worth an offer.",
    ),
    Preset(
        "vip_champions_loyal",
        "VIP: champions and loyal",
        "shops",
        "Champions or loyal customers who spent at least 500.",
        always(has("rfm_segment", "in", ["champions", "loyal"]), has("total_spent", "gte", 500)),
        use="First access, personal service.",
    ),
    Preset(
        "subscription_candidates",
        "Subscription candidates",
        "shops",
        "Bought one and the same product in at least 3 orders.",
        always(has("max_orders_of_one_product", "gte", 3)),
        use="Offer it as a subscription.",
    ),
    Preset(
        "high_value",
        "High-value champions",
        "shops",
        "Champions who spent at least 300.",
        always(has("rfm_segment", "eq", "champions"), has("total_spent", "gte", 300)),
        use="Ask them for reviews and referrals.",
    ),
    Preset(
        "category_enthusiasts",
        "Category enthusiasts",
        "shops",
        "At least 5 orders in one category.",
        always(has("max_orders_in_one_category", "gte", 5)),
        use="What is new in their category.",
    ),
    Preset(
        "multi_category",
        "Multi-category",
        "shops",
        "Bought from at least 3 categories.",
        always(has("distinct_categories", "gte", 3)),
        use="Bundles across the shop.",
    ),
)
for _preset in _SHOPS:
    PRESETS.register(_preset)
