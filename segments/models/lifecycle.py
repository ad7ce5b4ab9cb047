"""In which stage of their life with the store everybody is."""

from django.db import models

from commerce.models import Customer
from segments.models.beside import beside_metrics


class LifecycleStage(models.Model):
    """A customer's current stage: exactly one for everybody in the base."""

    customer = models.OneToOneField(
        Customer, models.CASCADE, primary_key=True, related_name="lifecycle", db_constraint=False
    )
    metrics = beside_metrics("lifecycle")
    stage = models.CharField(max_length=32)
    previous_stage = models.CharField(max_length=32, blank=True)
    changed_at = models.DateTimeField(null=True)
