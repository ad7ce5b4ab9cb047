"""A bulk operation of a store: asked for, fetched as a file, landed chunk by chunk."""

from django.db import models

from integrations.models.shopify_store import ShopifyStore
from tenants.secrets import EncryptedTextField


class ShopifyLoad(models.Model):
    """One file of all records of a kind. It resumes at `position`, written with its chunk."""

    class Kind(models.TextChoices):
        ALL = "all", "Everything"
        IDS = "ids", "Ids only, to find what is gone"

    class State(models.TextChoices):
        ASKED = "asked", "To ask the shop for"
        RUNNING = "running", "The shop is writing the file"
        READY = "ready", "To fetch"
        LANDING = "landing", "Being read"
        LATE = "late", "Lines that came apart from their orders"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Stopped"

    store = models.ForeignKey(ShopifyStore, models.CASCADE, related_name="loads")
    resource = models.CharField(max_length=16)  # of ShopifyMirror.Resource
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.ALL)
    state = models.CharField(max_length=16, choices=State, default=State.ASKED)
    operation = models.CharField(max_length=64, blank=True)  # gid
    url = EncryptedTextField(blank=True)  # signed: who has it has the file
    path = models.CharField(max_length=255, blank=True)  # below the merchant's folder
    size = models.BigIntegerField(default=0)
    object_count = models.BigIntegerField(default=0)  # as the shop counts, children too
    position = models.BigIntegerField(default=0)  # bytes of the file that have landed
    late_after = models.BigIntegerField(default=0)  # parents whose late lines have landed
    counts = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    asks = models.PositiveSmallIntegerField(default=0)  # operations that the shop broke off
    asked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["store", "resource"],
                condition=~models.Q(state__in=["done", "failed", "cancelled"]),
                name="shopify_load_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.resource} of {self.store_id}"

    @property
    def is_open(self) -> bool:
        return self.state not in (self.State.DONE, self.State.FAILED, self.State.CANCELLED)
