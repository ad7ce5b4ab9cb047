"""How far the mirror of one kind of record of a store reaches."""

from django.db import models

from integrations.models.shopify_store import ShopifyStore


class ShopifyMirror(models.Model):
    """One row a store and resource. The sweep's place is written with the page it belongs to."""

    class Resource(models.TextChoices):
        CUSTOMERS = "customers", "Customers"
        ORDERS = "orders", "Orders"

    store = models.ForeignKey(ShopifyStore, models.CASCADE, related_name="mirrors")
    resource = models.CharField(max_length=16, choices=Resource)
    # Everything changed before this moment is here. Moves only after a whole sweep.
    watermark = models.DateTimeField(null=True, blank=True)
    # The sweep at work: from when, since when, behind which cursor, up to which change.
    sweep_from = models.DateTimeField(null=True, blank=True)
    sweep_started_at = models.DateTimeField(null=True, blank=True)
    sweep_cursor = models.TextField(blank=True)
    sweep_seen = models.DateTimeField(null=True, blank=True)
    sweep_pages = models.PositiveIntegerField(default=0)
    loaded_at = models.DateTimeField(null=True, blank=True)  # the first load's end
    swept_at = models.DateTimeField(null=True, blank=True)
    # Nightly look at what may be gone: the id behind which it goes on, and when it came round.
    checked_after = models.CharField(max_length=191, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    full_at = models.DateTimeField(null=True, blank=True)  # all ids compared
    shop_count = models.BigIntegerField(null=True, blank=True)
    mirror_count = models.BigIntegerField(null=True, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["store", "resource"], name="shopify_mirror_once")
        ]

    def __str__(self) -> str:
        return f"{self.resource} of {self.store_id}"

    @property
    def drift(self) -> int | None:
        """How many more the shop has than the mirror; None before they were counted."""
        if self.shop_count is None or self.mirror_count is None:
            return None
        return self.shop_count - self.mirror_count
