"""When a member was last seen, kept apart from the user row, which logins and passwords change."""

from django.conf import settings
from django.db import models


class Presence(models.Model):
    """One row a member, written at most every few minutes."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="presence"
    )
    seen_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"Presence of user {self.user_id}"
