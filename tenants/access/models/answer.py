"""What a write was answered, so that the same write sent again is answered the same."""

from django.db import models


class Answer(models.Model):
    """One `Idempotency-Key` of one caller, for a day. `status` is empty while it is at work."""

    caller = models.CharField(max_length=60)  # key:<id>, user:<id>
    key = models.CharField(max_length=191)
    asked = models.CharField(max_length=64)  # SHA-256 of method, address and body
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["caller", "key"], name="answer_once")]
        indexes = [models.Index(fields=["created_at"], name="answer_by_age")]

    def __str__(self) -> str:
        return self.key
