"""How a customer buys: favourites, times of day, channels. Rolled up as orders come in."""

from typing import Any

from django.db.models import F, Value

from segments.catalogue.columns import Expression, Ratio, column
from segments.rules.fields import Field
from segments.rules.kinds import LIST, NUMBER, SHARE, TEXT
from segments.rules.scope import Scope


def _of_orders(name: str) -> Expression:
    """Return the share of a customer's orders in percent; missing for somebody without orders."""
    return lambda scope: Ratio(F(f"habits__{name}"), F("orders_count"), times=100)


def _before_last(scope: Scope) -> Any:
    return Ratio(F("habits__orders_before_last_90"), Value(3))


_BEST = "What most orders hold; of two alike the one most was spent on, then the later one."

FIELDS = (
    Field(
        "orders_per_month_before_last",
        "Orders a month, last 90 days as a buyer",
        NUMBER,
        _before_last,
        phrase="orders a month in the 90 days up to the last order",
        help="The 90 days that end with the last order, however long ago it was.",
    ),
    Field(
        "favorite_category",
        "Favourite category",
        TEXT,
        column("habits__favorite_category_key"),
        help=_BEST,
    ),
    Field(
        "favorite_product",
        "Favourite product",
        TEXT,
        column("habits__favorite_product_key"),
        help=_BEST,
    ),
    Field("categories_bought", "Categories bought", LIST, column("habits__categories")),
    Field(
        "distinct_categories",
        "Number of categories bought",
        NUMBER,
        column("habits__distinct_categories"),
        phrase="different categories bought",
    ),
    Field(
        "max_orders_of_one_product",
        "Most orders of one product",
        NUMBER,
        column("habits__max_orders_of_one_product"),
        phrase="orders of one and the same product",
    ),
    Field(
        "max_orders_in_one_category",
        "Most orders in one category",
        NUMBER,
        column("habits__max_orders_in_one_category"),
        phrase="orders in one and the same category",
    ),
    Field(
        "lunch_share",
        "Lunch orders, share",
        SHARE,
        _of_orders("lunch_orders"),
        phrase="share of orders at lunch",
        help="Placed from 11:00 to 13:59, in percent of all orders.",
    ),
    Field(
        "dinner_share",
        "Dinner orders, share",
        SHARE,
        _of_orders("dinner_orders"),
        phrase="share of orders at dinner",
        help="Placed from 17:00 to 20:59, in percent of all orders.",
    ),
    Field(
        "weekend_share",
        "Weekend orders, share",
        SHARE,
        _of_orders("weekend_orders"),
        phrase="share of orders at the weekend",
        help="Placed on a Saturday or Sunday, in percent of all orders.",
    ),
    Field(
        "discount_share",
        "Discounted orders, share",
        SHARE,
        _of_orders("discounted_orders"),
        phrase="share of orders with a discount",
        help="With a discount or a discount code, in percent of all orders.",
    ),
    Field(
        "preferred_channel",
        "Preferred channel",
        TEXT,
        column("habits__preferred_channel_key"),
        help="The one of most orders.",
    ),
)
