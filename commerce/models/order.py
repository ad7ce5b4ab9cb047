"""Orders, lines and refunds. Money is exact; days are the merchant's local calendar days."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, OpClass
from django.db import models

from commerce.models.customer import Customer


def money() -> "models.DecimalField[Any, Any]":
    """A money column: four places, for unit prices of 0.001 exist; sums are rounded where shown."""
    return models.DecimalField(max_digits=18, decimal_places=4, default=0)


class Order(models.Model):
    """One order as its source tells it, with the two columns that say when it counts."""

    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, blank=True, related_name="orders", db_index=False
    )
    source = models.CharField(max_length=64)
    external_id = models.CharField(max_length=191)
    number = models.CharField(max_length=64, blank=True)
    store = models.CharField(max_length=100, blank=True)
    email_key = models.CharField(max_length=254, blank=True)  # of a guest
    placed_at = models.DateTimeField()
    placed_on = models.DateField()  # local
    placed_hour = models.PositiveSmallIntegerField()  # local, 0 to 23
    currency = models.CharField(max_length=3)
    items_total = money()  # before discounts
    discount_total = money()
    tax_total = money()
    shipping_total = money()
    total = money()
    refunded_total = money()
    spend = money()  # what the order policy counts, before refunds
    items_count = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    discount_codes = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    channel = models.CharField(max_length=100, blank=True)
    source_name = models.CharField(max_length=100, blank=True)
    app = models.CharField(max_length=100, blank=True)
    tags = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    financial_status = models.CharField(max_length=32, blank=True)
    fulfillment_status = models.CharField(max_length=32, blank=True)
    fulfilled_at = models.DateTimeField(null=True, blank=True)  # the last of it; when told
    is_test = models.BooleanField(default=False)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    # Why the order may not count (test, voided, currency, sample, by_hand), or nothing.
    # The policy lists the reasons it heeds.
    excluded_as = models.CharField(max_length=16, blank=True)
    # The local day from which it no longer counts: cancelled, or refunded in full.
    counts_until = models.DateField(null=True, blank=True)
    source_at = models.DateTimeField(null=True, blank=True)
    import_id = models.BigIntegerField(null=True, blank=True)  # the file it came in last

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="order_unique")
        ]
        indexes = [
            # Every rollup and score: one customer's orders by day.
            models.Index(fields=["customer", "placed_on"], name="order_by_customer"),
            # Orders that leave a window on a given day.
            models.Index(fields=["placed_on"], name="order_by_day"),
            models.Index(fields=["-placed_at", "-id"], name="order_newest"),  # the orders list
            models.Index(
                fields=["excluded_as", "-placed_at", "-id"],
                condition=~models.Q(excluded_as=""),
                name="order_excluded",
            ),  # the same, of the few that do not count
            models.Index(
                OpClass("number", "varchar_pattern_ops"), name="order_by_number"
            ),  # the search
            # Orders that stop counting on a given day.
            models.Index(
                fields=["counts_until"],
                condition=models.Q(counts_until__isnull=False),
                name="order_by_end",
            ),
            models.Index(
                fields=["email_key"], condition=models.Q(customer=None), name="order_of_guest"
            ),
        ]

    def __str__(self) -> str:
        return f"Order {self.number or self.external_id}"


class OrderLine(models.Model):
    """One line. It repeats its order's customer, day and whether it may count.

    Joins instead cost two to ten times as much at 20 million lines.
    """

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, related_name="+", db_index=False, db_constraint=False
    )
    placed_on = models.DateField()
    may_count = models.BooleanField(default=True)  # its order has no reason that the policy heeds
    counts_until = models.DateField(null=True, blank=True)  # its order's
    line_key = models.CharField(
        max_length=64
    )  # the source's line id, or the row's content and its how-manieth
    product = models.CharField(max_length=255, blank=True)
    product_key = models.CharField(max_length=255, blank=True)
    sku = models.CharField(max_length=128, blank=True)
    category = models.CharField(max_length=255, blank=True)
    category_key = models.CharField(max_length=255, blank=True)
    vendor = models.CharField(max_length=255, blank=True)
    quantity = models.DecimalField(max_digits=12, decimal_places=3, default=1)
    price = money()
    discount = money()
    line_total = money()
    unit_cost = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    import_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "line_key"], name="line_unique")]
        indexes = [
            models.Index(fields=["customer", "placed_on"], name="line_by_customer"),
            # "Bought … in the last 90 days" reads the latest blocks, 0.9 s instead of 6.4 s at
            # 20 million lines. 100 kB, for lines come in about as time goes by.
            BrinIndex(fields=["placed_on"], autosummarize=True, name="line_by_day"),
        ]


class Refund(models.Model):
    """Money given back, on its own local day. Without an order: a negative invoice."""

    order = models.ForeignKey(Order, models.CASCADE, null=True, blank=True, related_name="refunds")
    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, blank=True, related_name="refunds", db_index=False
    )
    source = models.CharField(max_length=64)
    external_id = models.CharField(max_length=191)
    amount = money()  # positive, as given back
    # What of it was for items and for tax, where the source says so; otherwise it is shared out.
    items_amount = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    tax_amount = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)  # of a refund without an order
    spend = money()  # the part of it that lowers what the policy counts
    refunded_at = models.DateTimeField()
    refunded_on = models.DateField()
    import_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="refund_unique")
        ]
        indexes = [
            models.Index(fields=["customer", "refunded_on"], name="refund_by_customer"),
            models.Index(fields=["refunded_on"], name="refund_by_day"),
        ]
