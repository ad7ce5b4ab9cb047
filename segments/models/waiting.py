"""Why customers changed, kept for the segments that look less often than at every change."""

from django.db import models

from segments.models.membership import Cause


class WaitingCause(models.Model):
    """A mark that slower segments have not followed yet; without a customer, of everybody."""

    customer_id = models.BigIntegerField(null=True)
    cause = models.CharField(max_length=20, choices=Cause)
    event = models.CharField(max_length=64, blank=True, db_default="")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["at"], name="waiting_cause_by_moment")]
