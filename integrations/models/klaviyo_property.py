"""Which of our facts stand at Klaviyo as properties of a profile, and under which name."""

from django.db import models


class KlaviyoProperty(models.Model):
    """One line of the table. A change of it sends everybody once more."""

    field = models.CharField(max_length=64, unique=True)  # key of integrations/klaviyo/facts.py
    name = models.CharField(max_length=64, unique=True)  # the property, prefix included

    class Meta:
        default_permissions = ()
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
