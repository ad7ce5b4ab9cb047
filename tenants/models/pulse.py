"""When the parts that must never stand still were last seen at work."""

from django.db import models


class Pulse(models.Model):
    """One row a part: the dispatcher that beat rings, the reaper."""

    key = models.CharField(max_length=20, primary_key=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key
