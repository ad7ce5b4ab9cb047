"""Orders that are samples: one narrow row each, beside the order."""

from django.db import models

from commerce.models import Customer, Order
from samples.models.creator import Creator


class SampleOrder(models.Model):
    """A sample: what says so, and how far it is. Written by samples.classifying alone.

    It repeats the order's customer and moment: the samples page walks an index of its own.
    """

    class Kind(models.TextChoices):
        UGC = "ugc", "UGC"
        TIKTOK = "tiktok", "TikTok"

    class State(models.TextChoices):
        PENDING = "pending", "Pending"
        PARTIAL = "partial", "Partly sent"
        FULFILLED = "fulfilled", "Fulfilled"
        CANCELLED = "cancelled", "Cancelled"

    class FoundBy(models.TextChoices):
        TAG = "tag", "Order tag"
        CHANNEL = "channel", "Channel"
        SOURCE = "source", "Source"
        APP = "app", "App"
        HAND = "hand", "Marked by hand"

    order = models.OneToOneField(Order, models.CASCADE, primary_key=True, related_name="sample")
    customer = models.ForeignKey(
        Customer,
        models.SET_NULL,
        null=True,
        related_name="samples",
        db_index=False,
        db_constraint=False,
    )
    # Written by samples.creators.linking alone; SampleFollowUp gives it back to a row made anew.
    creator = models.ForeignKey(
        Creator,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="samples",
        db_index=False,
        db_constraint=False,
    )
    kind = models.CharField("type", max_length=8, choices=Kind)
    found_by = models.CharField(max_length=8, choices=FoundBy)
    found_word = models.CharField(max_length=255, blank=True)  # the tag or channel, as it stands
    state = models.CharField(max_length=10, choices=State)
    placed_at = models.DateTimeField()
    placed_on = models.DateField()  # local
    # The local day it was sent; nothing while it is not, or when no source told.
    fulfilled_on = models.DateField(null=True)
    # What the goods cost the merchant, of the lines whose unit cost is known; nothing: of none.
    cost = models.DecimalField(max_digits=18, decimal_places=4, null=True)

    class Meta:
        indexes = [
            # The samples page, newest first: all, a tab, a state, both.
            models.Index(fields=["-placed_at", "-order"], name="sample_newest"),
            models.Index(fields=["kind", "-placed_at", "-order"], name="sample_by_kind"),
            models.Index(fields=["state", "-placed_at", "-order"], name="sample_by_state"),
            models.Index(fields=["kind", "state", "-placed_at", "-order"], name="sample_by_both"),
            # Rules, a customer's page, the search by customer.
            models.Index(fields=["customer", "placed_on"], name="sample_by_customer"),
            # A creator's samples, their figures, who is to be chased.
            models.Index(
                fields=["creator", "-placed_at", "-order"],
                condition=models.Q(creator__isnull=False),
                name="sample_by_creator",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} sample {self.order_id}"
