"""How a consumer's target answers: failing, resting, paused."""

from django.conf import settings
from django.db import models


class EffectTarget(models.Model):
    """One row a consumer that has sent or been paused; what waits for it waits on."""

    consumer = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField(default=0)  # one after the other
    failing_since = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    last_success_at = models.DateTimeField(null=True)
    retry_at = models.DateTimeField(null=True)  # nothing is sent before
    paused_at = models.DateTimeField(null=True)  # until somebody resumes it
    paused_by = models.ForeignKey(  # nobody: Strata, after repeated failures
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.consumer
