"""How the merchant set up a score beside RFM: one row a score, as the form left it."""

from django.conf import settings
from django.db import models


class ScoreSettings(models.Model):
    """What is missing in `parameters` is the score's default."""

    model = models.CharField(max_length=32, primary_key=True)  # key in segments.scores
    parameters = models.JSONField(default=dict, blank=True)
    saved_at = models.DateTimeField(auto_now=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name_plural = "score settings"

    def __str__(self) -> str:
        return self.model


class SeenFeature(models.Model):
    """A feature of the merchant's product and the last day anybody used it: what breadth is a
    share of. Kept as events come in, for counting different features reads every event of 90 days.
    """

    feature = models.TextField(primary_key=True)
    last_on = models.DateField()

    def __str__(self) -> str:
        return self.feature
