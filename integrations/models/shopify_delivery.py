"""What stores send by webhook: kept once, worked off later, the body no longer than needed."""

from django.db import models
from django.db.models import Q

from integrations.models.shopify_store import ShopifyStore


class ShopifyDelivery(models.Model):
    """One delivery, by the platform's own number of it. The body goes when it has been done."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        DONE = "done", "Done"
        OLDER = "older", "Older than what was known"
        QUARANTINED = "quarantined", "Set aside"

    store = models.ForeignKey(ShopifyStore, models.CASCADE, related_name="deliveries")
    webhook_id = models.CharField(max_length=100)
    event_id = models.CharField(max_length=100, blank=True)
    topic = models.CharField(max_length=64)  # as the header says: "customers/update"
    api_version = models.CharField(max_length=16, blank=True)
    body = models.BinaryField(null=True)  # as it came; null: done with
    size = models.PositiveIntegerField(default=0)
    triggered_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    subject = models.CharField(max_length=100, blank=True)  # kind and number: "customers:123"
    subject_at = models.DateTimeField(null=True)  # when the shop last changed it
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)  # in words, naming nobody
    done_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["store", "webhook_id"], name="shopify_delivery_once")
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(state="waiting"), name="shopify_delivery_to_do"
            ),
            models.Index(fields=["state", "-id"], name="shopify_delivery_by_state"),
            models.Index(fields=["received_at"], name="shopify_delivery_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.pk}"


class ShopifyHooks(models.Model):
    """Which webhooks a store has for us, as of when; one row a store."""

    store = models.OneToOneField(
        ShopifyStore, models.CASCADE, primary_key=True, related_name="hooks"
    )
    topics = models.JSONField(default=dict)  # topic → the platform's id of the subscription
    refused = models.JSONField(default=dict)  # topic → why, in the platform's words
    made = models.PositiveIntegerField(default=0)  # subscriptions made anew at the last look
    checked_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        default_permissions = ()
