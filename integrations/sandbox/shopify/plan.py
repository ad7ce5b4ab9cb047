"""How large a sandbox shop is and what it is called; everything in it follows from these."""

from dataclasses import dataclass, field

SCOPES = (
    "read_all_orders",
    "read_customer_merge",
    "read_customers",
    "read_discounts",
    "read_orders",
    "read_products",
    "write_customers",
    "write_discounts",
)


@dataclass(frozen=True)
class Plan:
    """One shop; the same plan and the same `until` give the same shop, to the byte."""

    domain: str = "strata-sandbox.myshopify.com"
    name: str = "Fernhollow Organics"
    currency: str = "USD"
    zone: str = "America/New_York"
    customers: int = 600
    orders_each: float = 3.0  # of a customer who orders at all, on average
    days: int = 900  # how far back its first customer goes
    seed: int = 1
    opened_at: float = 0.0  # up to when it was invented; 0: the moment it is opened
    # (name, query) of the segments it has from the start
    segments: tuple[tuple[str, str], ...] = field(default=())

    @property
    def guests(self) -> int:
        """How many orders nobody has an account for."""
        return self.customers // 25


SEGMENTS = (
    ("Champions", "rfm_group = 'CHAMPIONS'"),
    ("At risk", "rfm_group = 'AT_RISK'"),
    ("Email subscribers", "email_subscription_status = 'SUBSCRIBED'"),
    ("Bought more than once", "number_of_orders > 1"),
    ("Spent over 200", "amount_spent > 200"),
    ("Ordered in the last 90 days", "last_order_date >= -90d"),
    ("Lapsed regulars", "number_of_orders >= 2 AND last_order_date < -180d"),
    ("Never ordered", "number_of_orders = 0"),
    ("Wholesale or VIP", "customer_tags CONTAINS 'wholesale' OR customer_tags CONTAINS 'vip'"),
    ("United Kingdom", "customer_countries CONTAINS 'GB'"),
    ("Tea lovers", "products_purchased MATCHES (tag = 'loose', date >= -365d)"),
    ("High predicted spend", "predicted_spend_tier = 'HIGH'"),
    ("TikTok buyers", "customer_tags CONTAINS 'tiktok'"),
    ("Left a basket behind", "abandoned_checkout_date >= -30d"),
)
DEMO = Plan(segments=SEGMENTS)
