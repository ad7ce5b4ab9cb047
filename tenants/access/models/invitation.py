"""An invitation to join a merchant's team."""

from django.conf import settings
from django.db import models


class Invitation(models.Model):
    """One offer of a seat. Only a hash of its link is kept, so the table opens no door."""

    email = models.EmailField()
    role = models.CharField(max_length=32)  # key in tenants.access.roles.ROLES
    token_hash = models.CharField(max_length=64, unique=True)  # SHA-256 of 256 random bits
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"Invitation {self.pk}"
