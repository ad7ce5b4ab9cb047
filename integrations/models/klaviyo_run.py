"""The log of a list: what each sync did, and which rows Klaviyo does not take."""

from django.db import models

from commerce.models import Customer
from integrations.models.klaviyo_list import KlaviyoList


def no_names() -> list[str]:
    """Return an empty list: within the model, `list` is its Klaviyo list."""
    return []


class KlaviyoRun(models.Model):
    """One sync of one list, or a look at what it would do."""

    class State(models.TextChoices):
        RUNNING = "running", "At work"
        DONE = "done", "Done"
        HELD = "held", "Stopped: please decide"
        FAILED = "failed", "Failed"

    list = models.ForeignKey(KlaviyoList, models.CASCADE, related_name="runs")
    run_id = models.BigIntegerField(null=True)  # of the background run
    is_dry = models.BooleanField(default=False)
    state = models.CharField(max_length=16, choices=State, default=State.RUNNING)
    note = models.TextField(blank=True)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    added = models.IntegerField(default=0)  # to the list at Klaviyo
    removed = models.IntegerField(default=0)
    taken_in = models.IntegerField(default=0)  # into the segment here
    taken_out = models.IntegerField(default=0)
    excluded = models.IntegerField(default=0)
    undone = models.IntegerField(default=0)  # changes made at Klaviyo that did not stand
    refused = models.IntegerField(default=0)
    skipped = models.JSONField(default=dict)  # reason → customers
    flows = models.JSONField(default=no_names)  # names of live flows the list starts

    class Meta:
        default_permissions = ()
        ordering = ["-id"]


class KlaviyoRefusal(models.Model):
    """A customer Klaviyo did not take, in its words. Goes by itself once they are taken."""

    list = models.ForeignKey(KlaviyoList, models.CASCADE, related_name="refusals")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+", db_constraint=False)
    reason = models.CharField(max_length=300)
    attempts = models.PositiveIntegerField(default=1)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["list", "customer"], name="klaviyo_refusal_once")
        ]
