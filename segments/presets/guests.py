"""Twelve segments of a shop or restaurant that fill themselves."""

from segments.presets.preset import FAMILIES, PRESETS, Family, Preset, Rule, Told
from segments.presets.writing import always, did, every, has

FAMILY = FAMILIES.register(
    Family(
        "guests", "Automatic", "Who comes often, who is new, who stays away, and what they like.", 1
    )
)
PRIMARILY = 60  # percent of the orders
FEWEST = 3  # orders before a habit is one


def _healthy(told: Told) -> Rule | None:
    if not told.healthy_categories:
        return None
    among = every(has("category", "in", list(told.healthy_categories)))
    return every(did("order_line", "gte", 50, where=among, measure="orders_percent"))


_AUTOMATIC = (
    Preset(
        "vip_customers",
        "VIP customers",
        "guests",
        "The tenth of your customers who spent most.",
        always(has("total_spent", "top_percent", 10)),
        use="Thank them first; ask them first.",
    ),
    Preset(
        "super_regulars",
        "Super regulars",
        "guests",
        "At least eight visits a month over the last three months.",
        always(has("orders_per_month", "gte", 8)),
        use="Know them by name.",
    ),
    Preset(
        "new_customers",
        "New customers",
        "guests",
        "Came for the first time less than 30 days ago.",
        always(has("days_since_first_order", "lt", 30)),
        use="Say welcome, and give a reason for the second visit.",
    ),
    Preset(
        "at_risk_60",
        "At risk",
        "guests",
        "No visit for 60 days or more, the lapsed included.",
        always(has("days_since_last_order", "gte", 60)),
        use="Ask what was missing, while they still remember you.",
    ),
    Preset(
        "lapsed",
        "Lapsed",
        "guests",
        "No visit for six months or more.",
        always(has("last_order_date", "lte", "6_months_ago")),
        use="One good offer, then less often.",
    ),
    Preset(
        "high_spenders",
        "High spenders",
        "guests",
        "Spend more than 100 a visit on average.",
        always(has("average_order_value", "gt", 100)),
        use="Offer the best you have.",
    ),
    Preset(
        "birthday_this_month",
        "Birthday this month",
        "guests",
        "Have their birthday in the current month.",
        always(has("birthday", "anniversary_month_is", "this_month")),
        use="A card, a dessert, a table.",
    ),
    Preset(
        "email_subscribers",
        "E-mail subscribers",
        "guests",
        "Agreed to hear from you by e-mail.",
        always(has("email_consent", "eq", "subscribed")),
        use="Whom a newsletter reaches.",
    ),
    Preset(
        "loyalty_members",
        "Loyalty members",
        "guests",
        "Have a tier and points: active in the loyalty programme.",
        always(has("loyalty_tier", "is_set"), has("loyalty_points", "gt", 0)),
        use="News of the programme.",
    ),
    Preset(
        "lunch_crowd",
        "Lunch crowd",
        "guests",
        "At least three orders, most of them (60 %) between 11 and 14 h.",
        always(has("lunch_share", "gte", PRIMARILY), has("total_orders", "gte", FEWEST)),
        use="The menu of the week, sent in the morning.",
    ),
    Preset(
        "dinner_regulars",
        "Dinner regulars",
        "guests",
        "At least three orders, most of them (60 %) between 17 and 21 h.",
        always(has("dinner_share", "gte", PRIMARILY), has("total_orders", "gte", FEWEST)),
        use="Evening tables and wine.",
    ),
    Preset(
        "health_conscious",
        "Health-conscious",
        "guests",
        "At least half of their orders hold something of your healthy categories.",
        _healthy,
        use="New salads, bowls, light dishes.",
        needs="categories that you call healthy: choose them on this page.",
    ),
)
for _preset in _AUTOMATIC:
    PRESETS.register(_preset)
