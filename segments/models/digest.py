"""Who wants the weekly letter, and which letters went out."""

from django.conf import settings
from django.db import models


class DigestChoice(models.Model):
    """A member's own word; without a row owners get the letter and nobody else."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="digest_choice"
    )
    wants = models.BooleanField()

    class Meta:
        default_permissions = ()


class Letter(models.Model):
    """A letter the mail server took: the same one is never sent to the same member again."""

    about = models.CharField(max_length=64)  # digest:2026-11-15, goal:7:missed:2026-11-20T06:00
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    sent_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["about", "user"], name="letter_once")]
