"""Three worked examples: a campaign each, from the question to what is done about it."""

from segments.presets.preset import FAMILIES, PRESETS, Action, Family, Preset
from segments.presets.writing import always, did, every, has

FAMILY = FAMILIES.register(
    Family(
        "examples", "Worked examples", "A campaign each: whom to choose, and what to do then.", 5
    )
)
_MAY_MAIL = has("email_consent", "eq", "subscribed")

_EXAMPLES = (
    Preset(
        "winback_campaign",
        "Win-back campaign",
        "examples",
        "Last visit 30 to 60 days ago, came at least twice a month before, spent more than 200, "
        "agreed to e-mail.",
        always(
            has("last_order_date", "between_ago", ["30_days", "60_days"]),
            has("orders_per_month_before_last", "gte", 2),
            has("total_spent", "gt", 200),
            _MAY_MAIL,
        ),
        action=Action("coupon", "Send a coupon of 20 %", {"percent": 20}),
    ),
    Preset(
        "vip_upsell",
        "VIP upsell",
        "examples",
        "Spent more than 1,000, gold or platinum, never ordered wine.",
        always(
            has("total_spent", "gt", 1000),
            has("loyalty_tier", "in", ["Gold", "Platinum"]),
            did("order_line", "eq", 0, where=every(has("category", "eq", "Wine"))),
        ),
        action=Action("promotion", "Run a wine pairing promotion", {"category": "Wine"}),
    ),
    Preset(
        "new_customer_nurture",
        "New customer nurture",
        "examples",
        "First visit within 7 days, an order above 50, agreed to e-mail.",
        always(
            has("first_order_date", "in_last", "7_days"),
            did("order", where=every(has("total", "gt", 50))),
            _MAY_MAIL,
        ),
        action=Action("series", "Start a welcome series of 3 e-mails", {"emails": 3}),
    ),
)
for _preset in _EXAMPLES:
    PRESETS.register(_preset)
