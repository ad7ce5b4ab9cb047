"""What the merchant says a sample looks like."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


def _ugc_tags() -> list[str]:
    return ["ugc-sample", "ugc", "creator-sample"]


def _tiktok_tags() -> list[str]:
    return ["tiktok-sample", "tiktok-shop-sample"]


def _channel_patterns() -> list[str]:
    return ["tiktok%", "%tiktok shop%"]


class SampleSettings(models.Model):
    """The merchant's tags and channels. One row; words as they were typed, compared folded."""

    ugc_tags = ArrayField(models.CharField(max_length=255), default=_ugc_tags, blank=True)
    tiktok_tags = ArrayField(models.CharField(max_length=255), default=_tiktok_tags, blank=True)
    channel_patterns = ArrayField(
        models.CharField(max_length=255), default=_channel_patterns, blank=True
    )
    zero_price_only = models.BooleanField("TikTok: only orders that cost nothing", default=True)
    # Every save counts one up; a whole classification writes which it has brought about.
    revision = models.PositiveIntegerField(default=0)
    classified_revision = models.PositiveIntegerField(null=True, editable=False)
    classified_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "samples settings"

    def __str__(self) -> str:
        return "Samples settings"

    @classmethod
    def current(cls) -> "SampleSettings":
        """Return the one row; until it is saved, an unsaved one with the defaults.

        Reading never inserts: everybody would wait for a long transaction that did so first.
        """
        return cls.objects.filter(pk=1).first() or cls(pk=1)
