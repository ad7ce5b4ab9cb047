"""Records of a platform that could not be taken, and why, until they can."""

from django.db import models


class SkippedRecord(models.Model):
    """One record that was left out. The row goes by itself once the record is taken."""

    source = models.CharField(max_length=64)
    resource = models.CharField(max_length=16)
    external_id = models.CharField(max_length=191)
    reason = models.CharField(max_length=300)
    attempts = models.PositiveIntegerField(default=1)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["source", "resource", "external_id"], name="skipped_record_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.resource} {self.external_id}"
