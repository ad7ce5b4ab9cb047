"""How an order shows that it came by a creator, and the orders that did."""

from django.db import models

from commerce.models import Order
from samples.models.creator import Creator


class CreatorCode(models.Model):
    """A discount code of a creator's, or the tag the shop gives orders that came by their link."""

    class Kind(models.TextChoices):
        DISCOUNT = "discount", "Discount code"
        REFERRAL = "referral", "Order tag of a referral link"

    creator = models.ForeignKey(Creator, models.CASCADE, related_name="codes")
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.DISCOUNT)
    code = models.CharField(max_length=255)
    code_key = models.CharField(max_length=255)  # folded
    # Orders of these local days count; without a day there is no limit on that side.
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    # Whether the orders from before it was given were looked through for it.
    is_counted = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "code_key"], name="code_once")]

    def __str__(self) -> str:
        return self.code


class CreditedOrder(models.Model):
    """An order that bears a creator's code. Written by samples/creators/credit.py alone.

    Reading ten million orders for their codes takes seconds, so it is done once an order.
    """

    code = models.ForeignKey(CreatorCode, models.CASCADE, related_name="credited", db_index=False)
    order = models.ForeignKey(Order, models.CASCADE, related_name="+", db_constraint=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "order"], name="credited_once")]
