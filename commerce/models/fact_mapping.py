"""Which events tell something lasting about a customer."""

from django.db import models


class FactMapping(models.Model):
    """When `event` happens, the attribute takes the value of `property`, or else `constant`."""

    event = models.CharField(max_length=64)  # EventName.name
    attribute = models.CharField(max_length=64)  # AttributeDefinition.key
    property = models.CharField(max_length=100, blank=True)
    constant = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["event", "attribute"]
        constraints = [
            models.UniqueConstraint(fields=["event", "attribute"], name="fact_mapping_unique")
        ]

    def __str__(self) -> str:
        return f"{self.event} → {self.attribute}"
