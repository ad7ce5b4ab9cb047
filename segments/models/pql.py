"""Who is ready to buy: everyone's PQL score, with the signals it comes from."""

from django.db import models

from commerce.models import Customer
from segments.models.beside import beside_metrics


class PqlScore(models.Model):
    """A customer's current score of 0 to 100. `signals` has a bit for each signal of the run."""

    customer = models.OneToOneField(
        Customer, models.CASCADE, primary_key=True, related_name="pql", db_constraint=False
    )
    metrics = beside_metrics("pql")
    score = models.DecimalField(max_digits=5, decimal_places=2)
    urgency = models.DecimalField(
        max_digits=6, decimal_places=4
    )  # what the score was multiplied by
    band = models.CharField(max_length=16)  # qualified, not_yet
    signals = models.BigIntegerField()
    behaviour = models.PositiveSmallIntegerField()  # points reached
    fit = models.PositiveSmallIntegerField()
    engagement = models.PositiveSmallIntegerField()
    previous_band = models.CharField(max_length=16, blank=True)
    changed_at = models.DateTimeField(null=True)

    class Meta:
        # The ready ones, the most ready first.
        indexes = [models.Index(fields=["band", "-score", "customer"], name="pql_by_band")]
