"""What to do with the customers of a segment, stage or band: the merchant's own word."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class Playbook(models.Model):
    """Replaces the shipped playbook of `subject`: `stage:trial`, `band:casual`, `rfm:at_risk`,
    `pql:qualified`, or `segment:<id>`.
    """

    class Urgency(models.TextChoices):
        LOW = "low", "Low"
        MEDIUM = "medium", "Medium"
        HIGH = "high", "High"

    subject = models.CharField(max_length=64, unique=True)
    tone = models.CharField(max_length=120, blank=True)
    focus = models.CharField(max_length=200, blank=True)
    urgency = models.CharField(max_length=8, choices=Urgency, default=Urgency.LOW)
    channels = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    cadence = models.CharField(max_length=120, blank=True)
    content = ArrayField(models.CharField(max_length=120), default=list, blank=True)  # first first
    saved_at = models.DateTimeField(auto_now=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    def __str__(self) -> str:
        return self.subject
