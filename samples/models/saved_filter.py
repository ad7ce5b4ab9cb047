"""Views of the samples list that somebody keeps."""

from django.conf import settings
from django.db import models


class SampleFilter(models.Model):
    """A person's filters of the samples list, under a name."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000)  # the list's address after the question mark

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="sample_filter_once")]

    def __str__(self) -> str:
        return self.name
