"""A code that takes something off the price, and for whom: segments in, segments out, limits."""

from django.conf import settings
from django.db import models

from segments.models.segment import Segment


class PromoCode(models.Model):
    """What a code gives, when, how often, and to which segments. Codes are compared folded."""

    class Discount(models.TextChoices):
        PERCENTAGE = "percentage", "Percent off"
        AMOUNT = "amount", "Amount off"
        FREE_SHIPPING = "free_shipping", "Free shipping"

    class Match(models.TextChoices):
        ANY = "any", "Any of them"
        ALL = "all", "All of them"

    class State(models.TextChoices):
        ON = "on", "On"
        OFF = "off", "Off"
        ARCHIVED = "archived", "Archived"

    class Unknown(models.TextChoices):
        REFUSE = "refuse", "Refuse"
        JUDGE = "judge", "Treat as somebody who is in no segment"
        ALLOW = "allow", "Let them use it"

    code = models.CharField(max_length=64)
    code_key = models.CharField(max_length=64, unique=True)  # folded in Python
    description = models.CharField(max_length=500, blank=True)
    discount = models.CharField(max_length=16, choices=Discount, default=Discount.PERCENTAGE)
    value = models.DecimalField(max_digits=18, decimal_places=4, null=True)  # percent, or money
    segments = models.ManyToManyField(Segment, through="PromoSegment", related_name="promo_codes")
    match = models.CharField(max_length=4, choices=Match, default=Match.ANY)  # of the included
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)  # the first moment at which it is over
    most_total = models.PositiveIntegerField(null=True)
    most_each = models.PositiveIntegerField(null=True)  # times one customer may use it
    # What happens to somebody the store does not know yet.
    unknown = models.CharField(max_length=8, choices=Unknown, default=Unknown.REFUSE)
    state = models.CharField(max_length=8, choices=State, default=State.ON)
    version = models.PositiveIntegerField(default=1)
    # Redemptions that stand. Written with each of them under this row's lock: the limit's truth.
    redeemed_count = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-pk"]
        permissions = [("redeem_promocode", "Can record that a promo code was used")]
        indexes = [models.Index(fields=["-created_at", "-id"], name="promo_by_age")]

    def __str__(self) -> str:
        return self.code
