"""Who is in a synced list: at Klaviyo, and when both sides last agreed."""

from django.db import models

from commerce.models import Customer
from integrations.models.klaviyo_list import KlaviyoList


class KlaviyoMember(models.Model):
    """A customer, or a profile that is nobody's customer, and one list.

    `in_base` is what both sides agreed on at the end of the last sync: without it nobody could tell
    who was added on one side from who was removed on the other.
    """

    list = models.ForeignKey(
        KlaviyoList, models.CASCADE, related_name="members", db_index=False, db_constraint=False
    )
    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, related_name="+", db_constraint=False
    )
    profile_id = models.CharField(max_length=32, blank=True)  # empty: not looked up yet
    in_base = models.BooleanField(default=False)
    is_there = models.BooleanField(default=False)  # in the list at Klaviyo, as far as is known
    is_excluded = models.BooleanField(default=False)  # taken out at Klaviyo: not sent again
    joined_at = models.DateTimeField(null=True)
    pass_number = models.PositiveIntegerField(default=0)  # whole pass that saw them last

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["list", "customer"],
                condition=models.Q(customer__isnull=False),
                name="klaviyo_member_by_customer",
            ),
            models.UniqueConstraint(
                fields=["list", "profile_id"],
                condition=~models.Q(profile_id=""),
                name="klaviyo_member_by_profile",
            ),
        ]
