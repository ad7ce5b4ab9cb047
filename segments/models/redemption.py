"""That somebody used a promo code: once for each key the caller gave it."""

from django.db import models
from django.db.models import Q

from commerce.models import Customer
from segments.models.promo_code import PromoCode


class Redemption(models.Model):
    """One use of a code. Cancelled, it stays, and counts no more."""

    code = models.ForeignKey(PromoCode, models.PROTECT, related_name="redemptions", db_index=False)
    key = models.CharField(max_length=191)  # the caller's own: an order's number
    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, related_name="redemptions", db_index=False
    )
    email_key = models.CharField(max_length=254, blank=True)  # of who was no customer yet
    order = models.CharField(max_length=191, blank=True)  # as the caller calls it
    # Taken off, in the merchant's currency.
    amount = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    recorded_by = models.CharField(max_length=120, blank=True)
    redeemed_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["code", "key"], name="redemption_once")]
        indexes = [
            models.Index(fields=["code", "-redeemed_at", "-id"], name="redemption_by_age"),
            # How often one customer used a code: asked with every check of a limited one.
            models.Index(fields=["customer", "code"], name="redemption_by_customer"),
            models.Index(
                fields=["email_key", "code"],
                condition=~Q(email_key=""),
                name="redemption_by_email",
            ),
        ]

    def __str__(self) -> str:
        return self.key
