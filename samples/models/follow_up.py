"""What staff know and did about one sample."""

from django.conf import settings
from django.db import models

from commerce.models import Order
from samples.models.creator import Creator


class SampleFollowUp(models.Model):
    """Creator, parcel and reminders of a sample, by its order.

    The sample's own row is made and unmade by the settings; this one is not, and gives the creator
    back when the order becomes a sample again.
    """

    order = models.OneToOneField(
        Order, models.CASCADE, primary_key=True, related_name="follow_up", db_constraint=False
    )
    creator = models.ForeignKey(Creator, models.SET_NULL, null=True, related_name="+")
    tracking_url = models.CharField(max_length=500, blank=True)
    reminders_count = models.PositiveSmallIntegerField(default=0)
    reminded_on = models.DateField(null=True)  # the latest
    excused_on = models.DateField(null=True)  # no post is expected any more
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    def __str__(self) -> str:
        return f"Follow-up of order {self.order_id}"
