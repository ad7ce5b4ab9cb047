"""How long a merchant keeps what the pages no longer need."""

from django.db import models


class RetentionRule(models.Model):
    """The merchant's own number of days for one kind of record; without a row its default holds."""

    key = models.CharField(max_length=40, primary_key=True)  # of tenants.retention.KEPT
    days = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.key
