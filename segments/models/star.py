"""Which segments somebody keeps at hand."""

from django.conf import settings
from django.db import models

from segments.models.segment import Segment


class SegmentStar(models.Model):
    """One person's star on one segment."""

    segment = models.ForeignKey(Segment, models.CASCADE, related_name="stars")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "segment"], name="star_once")]
