"""What a merchant wants a figure to be, and since when it is or is not."""

from decimal import Decimal

from django.conf import settings
from django.db import models

from segments.models.segment import Segment


class Goal(models.Model):
    """One wish: a figure of segments.goals, at least or at most so much."""

    class Direction(models.TextChoices):
        LEAST = "least", "at least"
        MOST = "most", "at most"

    figure = models.CharField(max_length=32)  # key in segments.goal_figures.FIGURES
    # Nobody can take the segment away unseen: segments.usages names this use.
    segment = models.ForeignKey(
        Segment, models.PROTECT, null=True, blank=True, related_name="goals"
    )
    direction = models.CharField(max_length=8, choices=Direction, default=Direction.LEAST)
    target = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    value = models.DecimalField(max_digits=18, decimal_places=4, null=True)  # at the last look
    is_met = models.BooleanField(null=True)  # None: the figure could not be told yet
    since = models.DateTimeField(null=True)  # of that state
    looked_at = models.DateTimeField(null=True)
    # The state that people know: what they saw when they set the goal, or the last letter.
    told = models.BooleanField(null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"Goal {self.pk}"
