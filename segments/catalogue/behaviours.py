"""What customers do: orders, order lines, refunds, and any event the merchant has data for."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import ExtractIsoWeekDay

from commerce.models import Event, Order, OrderLine, OrderPolicy, Refund
from commerce.rollups.counted import heeded_reasons
from segments.catalogue.held import held_categories
from segments.rules.fields import Field, Source
from segments.rules.kinds import DAY, MONEY, NUMBER, TEXT, YES_NO
from segments.rules.kinds.spelt import SPELT_LIST, SPELT_TEXT
from segments.rules.scope import Scope


def counted(scope: Scope, prefix: str = "") -> Q:
    """Return the condition that an order counts as of the evaluation, under the order policy."""
    today, reasons = scope.clock.today, heeded_reasons(OrderPolicy.current())
    ends = Q(**{f"{prefix}counts_until__isnull": True})
    ends |= Q(**{f"{prefix}counts_until__gt": today})
    return ends & ~Q(**{f"{prefix}excluded_as__in": reasons})


def _orders(scope: Scope, all_orders: bool) -> Any:
    rows = Order.objects.filter(placed_on__lte=scope.clock.today)
    return rows if all_orders else rows.filter(counted(scope))


def _lines(scope: Scope, all_orders: bool) -> Any:
    today = scope.clock.today
    rows = OrderLine.objects.filter(placed_on__lte=today)
    if all_orders:
        return rows
    return rows.filter(may_count=True).filter(
        Q(counts_until__isnull=True) | Q(counts_until__gt=today)
    )


def _refunds(scope: Scope, all_orders: bool) -> Any:
    rows = Refund.objects.filter(refunded_on__lte=scope.clock.today)
    if all_orders:
        return rows
    heeded = heeded_reasons(OrderPolicy.current())
    return rows.filter(Q(order__isnull=True) | ~Q(order__excluded_as__in=heeded))


def _plain(name: str) -> Any:
    return lambda scope: F(name)


def _is_first(prefix: str) -> Any:
    """Whether no counted order of the same customer came before this one."""

    def expression(scope: Scope) -> Any:
        first, mine = OuterRef(f"{prefix}placed_at"), OuterRef(f"{prefix}customer_id")
        earlier = Q(placed_at__lt=first) | Q(placed_at=first, pk__lt=OuterRef(f"{prefix}pk"))
        before = Order.objects.filter(counted(scope), earlier, customer_id=mine)
        return ~Exists(before)

    return expression


def _order_fields(key: str = "", path: str = "") -> dict[str, Field]:
    """Return an order's fields, as `key` + name, found by way of `path` from the row."""

    def spelt(name: str, label: str, column: str, kind: Any = SPELT_TEXT) -> Field:
        return Field(key + name, label, kind, _plain(path + column), spelling=f"order.{column}")

    fields = (
        Field(f"{key}total", "Order total", MONEY, _plain(f"{path}total")),
        Field(f"{key}discount_total", "Discount", MONEY, _plain(f"{path}discount_total")),
        spelt("discount_code", "Discount codes", "discount_codes", SPELT_LIST),
        Field(f"{key}refunded_total", "Refunded", MONEY, _plain(f"{path}refunded_total")),
        Field(f"{key}items_count", "Number of items", NUMBER, _plain(f"{path}items_count")),
        spelt("channel", "Channel", "channel"),
        spelt("source", "Source", "source_name"),
        spelt("app", "App", "app"),
        spelt("tags", "Order tags", "tags", SPELT_LIST),
        spelt("financial_status", "Payment status", "financial_status"),
        spelt("fulfillment_status", "Fulfilment status", "fulfillment_status"),
        Field(f"{key}placed_on", "Placed on", DAY, _plain(f"{path}placed_on")),
        Field(f"{key}hour", "Hour of the day", NUMBER, _plain(f"{path}placed_hour")),
        Field(
            f"{key}weekday",
            "Weekday",
            NUMBER,
            lambda scope: ExtractIsoWeekDay(f"{path}placed_on"),
            help="1 is Monday, 7 is Sunday.",
        ),
        Field(f"{key}is_first", "Is the first order", YES_NO, _is_first(path)),
    )
    return {field.key: field for field in fields}


LINE_FIELDS = {
    field.key: field
    for field in (
        Field("product", "Product", TEXT, _plain("product_key")),
        Field("sku", "SKU", SPELT_TEXT, _plain("sku"), phrase="SKU", spelling="line.sku"),
        Field("category", "Category", TEXT, _plain("category_key")),
        Field("vendor", "Vendor", SPELT_TEXT, _plain("vendor"), spelling="line.vendor"),
        Field("quantity", "Quantity", NUMBER, _plain("quantity")),
        Field("price", "Price", MONEY, _plain("price")),
        Field("line_total", "Line total", MONEY, _plain("line_total")),
    )
} | _order_fields("order.", "order__")

REFUND_FIELDS = {
    "amount": Field("amount", "Amount", MONEY, _plain("amount")),
    "refunded_on": Field("refunded_on", "Refunded on", DAY, _plain("refunded_on")),
}

ORDERS = frozenset({"orders"})
OWN_ORDERS = "customer__metrics__orders_count"
SOURCES = (
    Source(
        "order", "Placed an order", "placed", "order", "orders", _orders, "placed_on",
        _order_fields(), order="pk", orders=OWN_ORDERS, facts=ORDERS,
    ),
    Source(
        "order_line", "Bought something", "bought", "item", "items", _lines, "placed_on",
        LINE_FIELDS, order="order_id", orders=OWN_ORDERS, facts=ORDERS, rolled=held_categories,
    ),
    Source(
        "refund", "Was refunded", "received", "refund", "refunds", _refunds, "refunded_on",
        REFUND_FIELDS, facts=ORDERS,
    ),
)  # fmt: skip


def event_source(name: str, label: str, properties: Mapping[str, Field]) -> Source:
    """Return the behaviour of doing the event `name`, with the properties its data has."""
    words = label[:1].lower() + label[1:]
    return Source(
        key=name,
        label=label,
        verb="did",
        noun=f"“{words}”",
        nouns=f"“{words}”",
        rows=lambda scope, _: Event.objects.filter(name=name, occurred_at__lte=scope.clock.as_of),
        day="occurred_on",
        moment="occurred_at",
        fields={**EVENT_FIELDS, **properties},
        facts=frozenset({f"event:{name}"}),
    )


EVENT_FIELDS = {
    "occurred_on": Field("occurred_on", "Happened on", DAY, _plain("occurred_on")),
    "hour": Field("hour", "Hour of the day", NUMBER, _plain("occurred_hour")),
    "weekday": Field("weekday", "Weekday", NUMBER, lambda scope: ExtractIsoWeekDay("occurred_on")),
}
