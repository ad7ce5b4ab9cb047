"""Who is never contacted, which fields are sensitive, and what a look over all segments found."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from segments.models.segment import Segment


class NeverContact(models.Model):
    """A segment whose members get nothing from the merchant. Their consent stays what it is."""

    # Nobody can take the segment away unseen: segments.usages names this use, the database insists.
    segment = models.OneToOneField(Segment, models.PROTECT, related_name="never_contact")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    added_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.segment)


class SensitiveFields(models.Model):
    """The built-in fields whose use needs a permission. One row; custom attributes say it alone."""

    keys = ArrayField(models.CharField(max_length=64), default=list, blank=True)

    class Meta:
        verbose_name_plural = "sensitive fields"
        permissions = [("use_sensitive_fields", "Can use sensitive fields in segments")]


class HealthReport(models.Model):
    """One look over all segments: which are unused, which stand still, which are alike."""

    made_at = models.DateTimeField()
    segments_count = models.IntegerField(default=0)
    findings = models.JSONField(default=dict)  # kind → what segments.health writes

    class Meta:
        ordering = ["-made_at", "-pk"]
