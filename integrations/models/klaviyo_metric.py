"""Metrics whose events are read from Klaviyo, and how far."""

from django.db import models

from integrations.models.klaviyo_account import KlaviyoAccount


class KlaviyoMetric(models.Model):
    """One metric. The watermark moves with the page it belongs to."""

    account = models.ForeignKey(KlaviyoAccount, models.CASCADE, related_name="metrics")
    metric_id = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    read_until = models.DateTimeField(null=True)
    next_page = models.TextField(blank=True)
    events_count = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["account", "metric_id"], name="klaviyo_metric_once")
        ]

    def __str__(self) -> str:
        return self.name
