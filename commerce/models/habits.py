"""How a customer buys: what, when and by which channel, in one narrow row beside their metrics."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from commerce.models.metrics import CustomerMetrics


class CustomerHabits(models.Model):
    """Over the orders that count at MetricsState.stands_on. Refunds are no orders.

    A favourite is what most orders hold, then where most was spent, then the later last order, then
    the key. Of somebody who bought nothing everything is 0 or empty.
    """

    # Beside the metrics, so that a rule about both joins two narrow tables and no wide third one.
    metrics = models.OneToOneField(
        CustomerMetrics,
        models.CASCADE,
        primary_key=True,
        db_column="customer_id",
        db_constraint=False,
        related_name="habits",
    )
    categories = ArrayField(models.CharField(max_length=255), default=list)  # keys, in their order
    distinct_categories = models.IntegerField(default=0)
    favorite_category_key = models.CharField(max_length=255, blank=True)
    favorite_product_key = models.CharField(max_length=255, blank=True)
    max_orders_in_one_category = models.IntegerField(default=0)
    max_orders_of_one_product = models.IntegerField(default=0)
    preferred_channel_key = models.CharField(max_length=255, blank=True)
    lunch_orders = models.IntegerField(default=0)  # 11:00 to 13:59, local
    dinner_orders = models.IntegerField(default=0)  # 17:00 to 20:59, local
    weekend_orders = models.IntegerField(default=0)
    discounted_orders = models.IntegerField(default=0)
    orders_before_last_90 = models.IntegerField(default=0)  # the last order's day and 90 before it

    class Meta:
        verbose_name_plural = "customer habits"
