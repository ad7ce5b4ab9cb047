"""What a promo code was, who changed it, and when: a version per save."""

from django.conf import settings
from django.db import models

from segments.models.promo_code import PromoCode


class PromoVersion(models.Model):
    """One save of a code: who, when, and what it changed, in sentences."""

    code = models.ForeignKey(PromoCode, models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    difference = models.JSONField(default=list)
    definition = models.JSONField(default=dict)  # as the API tells it
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    by = models.CharField(max_length=120, blank=True)  # the service key, when it was no person
    saved_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["code", "number"], name="promo_version_once")
        ]

    def __str__(self) -> str:
        return f"Version {self.number}"
