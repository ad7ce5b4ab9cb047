"""Segments that are meant to be read together, in an order: each customer belongs to the first."""

from django.db import models

from segments.models.segment import Segment


class SegmentSet(models.Model):
    """A named list of segments, the most important first."""

    name = models.CharField(max_length=120, unique=True)
    description = models.TextField(blank=True)
    # Meant to exclude one another: then an overlap is worth a warning.
    is_exclusive = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class SetEntry(models.Model):
    """A segment's place in a set, and what the merchant does with its customers."""

    set = models.ForeignKey(SegmentSet, models.CASCADE, related_name="entries", db_index=False)
    segment = models.ForeignKey(Segment, models.CASCADE, related_name="set_entries")
    place = models.PositiveSmallIntegerField()
    use = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["set", "segment"], name="set_holds_segment_once")
        ]

    def __str__(self) -> str:
        return str(self.segment)
