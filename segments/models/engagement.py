"""Everyone's engagement score, with the points of each component."""

from django.db import models

from commerce.models import Customer
from segments.models.beside import beside_metrics


class EngagementScore(models.Model):
    """A customer's current score of 0 to 100; who was never active has no row."""

    # No constraint in the database, as in RfmScore: only the scoring writes.
    customer = models.OneToOneField(
        Customer, models.CASCADE, primary_key=True, related_name="engagement", db_constraint=False
    )
    metrics = beside_metrics("engagement")
    score = models.DecimalField(max_digits=5, decimal_places=2)
    band = models.CharField(max_length=16)
    recency = models.PositiveSmallIntegerField()  # points, 0 to 100, like the three below
    frequency = models.PositiveSmallIntegerField()
    depth = models.PositiveSmallIntegerField()
    breadth = models.PositiveSmallIntegerField()
    last_on = models.DateField()  # what the points were given for
    active_days = models.IntegerField()
    actions = models.IntegerField()
    sessions = models.IntegerField()
    features = models.IntegerField()
    previous_band = models.CharField(max_length=16, blank=True)
    changed_at = models.DateTimeField(null=True)
