"""Who was put into a segment by hand."""

from django.conf import settings
from django.db import models

from commerce.models import Customer
from segments.models.segment import Segment


class ManualMember(models.Model):
    """A customer somebody chose. Membership follows: it leaves out who is no customer (any more),
    and has them back as soon as they are.
    """

    segment = models.ForeignKey(Segment, models.CASCADE, related_name="chosen", db_index=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["segment", "customer"], name="manual_member_once")
        ]
