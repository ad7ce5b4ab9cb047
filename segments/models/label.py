"""The folders of the segments list: a segment may lie in several."""

from typing import Any

from django.db import models

from commerce.text import fold


class SegmentLabel(models.Model):
    """A word that staff put on segments. Two spellings of one word are one label."""

    name = models.CharField(max_length=60)
    key = models.CharField(max_length=60, unique=True)  # the folded name

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.key = fold(self.name)[:60]
        super().save(*args, **kwargs)
