"""After how many days somebody is asked about a sample."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

DAYS = [MinValueValidator(1), MaxValueValidator(365)]


class FollowUpSettings(models.Model):
    """The merchant's own limits; one row."""

    chase_after_days = models.PositiveSmallIntegerField(
        "chase after",
        default=14,
        validators=DAYS,
        help_text="Days after a sample was fulfilled without a post about it.",
    )
    pending_after_days = models.PositiveSmallIntegerField(
        "waiting too long after",
        default=7,
        validators=DAYS,
        help_text="Days a sample may wait to be sent.",
    )
    result_days = models.PositiveSmallIntegerField(
        "results of a sample",
        default=90,
        validators=DAYS,
        help_text="Days after a sample in which orders with its creator's codes are its result.",
    )
    mails_staff = models.BooleanField(
        "e-mail the team",
        default=False,
        help_text="Each morning with something new, a mail with the numbers and a link.",
    )

    class Meta:
        verbose_name = verbose_name_plural = "follow-up settings"

    @classmethod
    def current(cls) -> "FollowUpSettings":
        """Return the one row; until it is saved, an unsaved one with the defaults."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)
