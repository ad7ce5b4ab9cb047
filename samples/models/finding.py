"""What somebody should look at: found each day, for pages, mails and whatever acts on it."""

from django.db import models

from commerce.models import Order
from samples.models.creator import Creator
from samples.models.right import UsageRight


class Finding(models.Model):
    """A sample that waits too long, a creator who has not posted, a right about to end.

    One row from the day it was found to the day it ended; never marked as used: whoever acts on
    findings keeps for themselves which they acted on.
    """

    class Kind(models.TextChoices):
        PENDING = "pending", "Waiting too long"
        NOT_POSTED = "not_posted", "Not posted"
        RIGHT_ENDS = "right_ends", "Usage right ends"

    kind = models.CharField(max_length=12, choices=Kind)
    order = models.ForeignKey(
        Order, models.CASCADE, null=True, related_name="+", db_constraint=False
    )
    right = models.ForeignKey(UsageRight, models.CASCADE, null=True, related_name="+")
    creator = models.ForeignKey(Creator, models.SET_NULL, null=True, related_name="+")
    found_on = models.DateField()
    found_at = models.DateTimeField(null=True)  # the run's moment: triggers listen from one on
    ended_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "order"],
                condition=models.Q(ended_on=None, order__isnull=False),
                name="finding_once_an_order",
            ),
            models.UniqueConstraint(
                fields=["kind", "right"],
                condition=models.Q(ended_on=None, right__isnull=False),
                name="finding_once_a_right",
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "-found_on"], name="finding_newest"),
            models.Index(fields=["kind", "found_at"], name="finding_for_triggers"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.found_on}"
