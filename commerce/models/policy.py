"""What counts as spend, when an order counts, who counts as a customer. One row each."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


def _default_reasons() -> list[str]:
    return ["test", "voided", "currency", "sample", "by_hand"]


class OrderPolicy(models.Model):
    """The tenant-wide order policy, read by every rollup, rule, score and chart."""

    class Spend(models.TextChoices):
        ITEMS = "items", "Items after discounts, without tax and shipping"
        ITEMS_TAX = "items_tax", "Items after discounts, with tax"
        ITEMS_TAX_SHIPPING = "items_tax_shipping", "Everything the customer paid"

    spend = models.CharField(
        "what counts as spend", max_length=20, choices=Spend, default=Spend.ITEMS
    )
    excluded_reasons = ArrayField(
        models.CharField(max_length=16), default=_default_reasons, blank=True
    )
    cancelled_count = models.BooleanField("cancelled orders count", default=False)
    fully_refunded_count = models.BooleanField("fully refunded orders count", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "order policy"

    def __str__(self) -> str:
        return "Order policy"

    @classmethod
    def current(cls) -> "OrderPolicy":
        """Return the one policy; until it is saved, an unsaved one with the defaults.

        Reading never inserts: everybody would wait for a long transaction that did so first.
        """
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class PopulationPolicy(models.Model):
    """Who in the store's data is no customer. Tags, domains and addresses are compared folded."""

    staff_tags = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    staff_domains = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    wholesale_tags = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    marketplace_domains = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    left_out_emails = ArrayField(models.CharField(max_length=254), default=list, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "who counts as a customer"

    def __str__(self) -> str:
        return "Who counts as a customer"

    @classmethod
    def current(cls) -> "PopulationPolicy":
        """Return the one policy; until it is saved, an unsaved one with the defaults.

        Reading never inserts: everybody would wait for a long transaction that did so first.
        """
        return cls.objects.filter(pk=1).first() or cls(pk=1)
