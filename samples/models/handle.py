"""Under which names creators are known on the platforms."""

from django.db import models

from samples.models.creator import Creator


class Platform(models.TextChoices):
    TIKTOK = "tiktok", "TikTok"
    INSTAGRAM = "instagram", "Instagram"
    YOUTUBE = "youtube", "YouTube"
    OTHER = "other", "Other"


class CreatorHandle(models.Model):
    """One name on one platform; nobody else's there."""

    creator = models.ForeignKey(Creator, models.CASCADE, related_name="handles")
    platform = models.CharField(max_length=16, choices=Platform)
    handle = models.CharField(max_length=100)  # without the @
    handle_key = models.CharField(max_length=100)  # folded

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["platform", "handle_key"], name="handle_once")
        ]
        indexes = [models.Index(fields=["handle_key"], name="handle_by_key")]  # suggestions

    def __str__(self) -> str:
        return f"Handle {self.pk}"
