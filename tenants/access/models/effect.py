"""What is to be done because something changed: one row per change and consumer."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from tenants.access.models.random_uuid import RandomUuid


class Effect(models.Model):
    """One thing to do, once inside Strata, at least once outside, always under one delivery id.

    Holds ids and keys, no names: what is sent is put together when it is sent.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENDING = "sending", "Being sent"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        SKIPPED = "skipped", "Left out"

    consumer = models.CharField(max_length=64)  # whose effect: "trigger:12"
    change = models.CharField(max_length=40)  # what set it off: "membership:123"
    occasion = models.CharField(max_length=64, db_default="")  # changes of one run share it
    customer = models.BigIntegerField(null=True)  # nulled by erasure
    is_contact = models.BooleanField(db_default=False)  # reaches the customer
    payload = models.JSONField(default=dict, db_default={})
    delivery = models.UUIDField(db_default=RandomUuid())
    state = models.CharField(max_length=8, choices=State, db_default=State.WAITING)
    reason = models.CharField(max_length=20, db_default="")  # why it was left out, as a key
    error = models.TextField(db_default="")  # in words for the merchant
    status = models.PositiveSmallIntegerField(null=True)  # what the target answered
    attempts = models.PositiveSmallIntegerField(db_default=0)
    # [{"at", "words", "status", "seconds"}] of attempts that came to nothing.
    log = models.JSONField(default=list, db_default=[])
    not_before = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["consumer", "change"], name="effect_once_per_change")
        ]
        indexes = [
            # Senders: the fresh ones first, so that one bad effect does not hold up the others.
            models.Index(
                fields=["consumer", "attempts", "id"],
                condition=Q(state__in=("waiting", "sending")),
                name="effect_to_do",
            ),
            models.Index(fields=["consumer", "customer"], name="effect_by_customer"),
            models.Index(fields=["consumer", "occasion"], name="effect_by_occasion"),
            models.Index(
                fields=["customer", "created_at"],
                condition=Q(is_contact=True),
                name="effect_contacts",
            ),
        ]

    def __str__(self) -> str:
        return f"Effect {self.pk} of {self.consumer}"
