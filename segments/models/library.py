"""What a merchant tells the library of ready-made segments, and what was counted last."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Library(models.Model):
    """One row: the lists that ready-made rules read, and how many customers each finds."""

    healthy_categories = ArrayField(
        models.CharField(max_length=200), default=list, blank=True
    )  # empty: the store's own categories that sound healthy
    core_feature = models.CharField(max_length=200, blank=True)  # empty: the one used most
    counts = models.JSONField(default=dict)  # key of a preset → customers
    base = models.IntegerField(default=0)
    counted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "library"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pk = 1
        super().save(*args, **kwargs)

    @classmethod
    def current(cls) -> "Library":
        """Return the merchant's row, unsaved while nothing was told or counted."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)
