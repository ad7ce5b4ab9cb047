"""Samples somebody asks for, and what the team decided."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from commerce.models import Order
from samples.models.creator import Creator


class SampleRequest(models.Model):
    """Products wanted for a creator: asked, approved or declined, ordered, closed."""

    class State(models.TextChoices):
        REQUESTED = "requested", "To decide"
        APPROVED = "approved", "Approved"
        ORDERED = "ordered", "Ordered"
        CLOSED = "closed", "Closed"
        DECLINED = "declined", "Declined"

    class Asker(models.TextChoices):
        TEAM = "team", "The team"
        CREATOR = "creator", "The creator"

    creator = models.ForeignKey(Creator, models.CASCADE, related_name="requests")
    asker = models.CharField("who asks", max_length=8, choices=Asker, default=Asker.TEAM)
    products = ArrayField(models.CharField(max_length=255))
    note = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.REQUESTED)
    reason = models.CharField(max_length=500, blank=True)  # why it was declined or closed
    order = models.ForeignKey(
        Order, models.SET_NULL, null=True, related_name="+", db_constraint=False
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    ordered_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "-id"], name="request_by_state")]

    def __str__(self) -> str:
        return f"Request {self.pk}"
