"""Samples that look like a creator's, and what was linked at once."""

from django.conf import settings
from django.db import models

from commerce.models import Order
from samples.models.creator import Creator


class LinkSuggestion(models.Model):
    """A sample that looks like a known creator's; staff decide."""

    class State(models.TextChoices):
        OPEN = "open", "To decide"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"

    order = models.ForeignKey(Order, models.CASCADE, related_name="+", db_constraint=False)
    creator = models.ForeignKey(Creator, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "creator"], name="link_suggested_once")
        ]
        indexes = [models.Index(fields=["state", "id"], name="link_suggestion_by_state")]

    def __str__(self) -> str:
        return f"Suggestion {self.pk}"


class LinkBatch(models.Model):
    """Links made or taken away at once, so that they can be undone."""

    links = models.JSONField()  # [order, creator before, creator after]
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"Links {self.pk}"
