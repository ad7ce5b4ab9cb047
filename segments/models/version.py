"""What a segment's definition was, who wrote it, and when: a version per save."""

from django.conf import settings
from django.db import models

from segments.models.segment import Segment


class SegmentVersion(models.Model):
    """One saved definition. The newest is the segment's; an older one can be restored."""

    segment = models.ForeignKey(Segment, models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    rules = models.JSONField()
    difference = models.JSONField(default=list)  # sentences: what this save changed
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["segment", "number"], name="version_once")]

    def __str__(self) -> str:
        return f"Version {self.number}"


class SegmentRefresh(models.Model):
    """One computation of a rule segment's members: how long, how many, or why it failed."""

    segment = models.ForeignKey(Segment, models.CASCADE, related_name="refreshes", db_index=False)
    at = models.DateTimeField()
    as_of = models.DateTimeField()
    seconds = models.FloatField(default=0)
    members = models.IntegerField(default=0)
    entered = models.IntegerField(default=0)
    left = models.IntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["segment", "-at"], name="refresh_by_segment")]
