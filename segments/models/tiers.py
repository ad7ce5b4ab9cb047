"""Which RFM segment is worth which loyalty tier."""

from django.db import models


def default_tiers() -> dict[str, str]:
    """Return the four tiers of a loyalty programme built on RFM (use case 4 of source 001)."""
    return {"champions": "Platinum", "loyal": "Gold", "potential": "Silver", "promising": "Bronze"}


class LoyaltyTiers(models.Model):
    """The merchant's choice. One row."""

    tiers = models.JSONField(default=default_tiers, blank=True)  # RFM segment → tier

    class Meta:
        verbose_name_plural = "loyalty tiers"

    @classmethod
    def current(cls) -> "LoyaltyTiers":
        """Return the one row, made with defaults the first time."""
        return cls.objects.get_or_create(pk=1)[0]
