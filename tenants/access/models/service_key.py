"""A key that lets another program use the API in the merchant's name."""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class ServiceKey(models.Model):
    """Only a hash of the secret is kept, so the table opens no door."""

    label = models.CharField(max_length=80)
    prefix = models.CharField(max_length=16, unique=True)  # shown; how a key is found
    secret_hash = models.CharField(max_length=64)  # SHA-256 of 256 random bits
    scopes = ArrayField(models.CharField(max_length=40))  # keys in tenants.web.scopes.SCOPES
    per_minute = models.PositiveIntegerField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)  # to the minute

    class Meta:
        default_permissions = ()
        ordering = ["-created_at", "-pk"]
        verbose_name = "service key"

    def __str__(self) -> str:
        return f"Service key “{self.label}”"

    def is_usable(self, *, at: datetime) -> bool:
        """Whether the key opens anything at a moment."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)
