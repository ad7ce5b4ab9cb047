"""A condition of the installation that somebody has to look at, while it lasts."""

from django.db import models


class Alert(models.Model):
    """One row a condition: told once when it begins, once when it is over, then gone."""

    key = models.CharField(max_length=40, primary_key=True)  # of tenants.status.Problem
    words = models.TextField()
    since = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.key
