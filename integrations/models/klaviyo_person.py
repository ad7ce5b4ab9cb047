"""Which Klaviyo profile a customer is, under which address they were sent, and what of them."""

from django.db import models

from commerce.models import Customer


class KlaviyoPerson(models.Model):
    """A customer Klaviyo knows through us."""

    customer = models.OneToOneField(
        Customer, models.CASCADE, primary_key=True, related_name="klaviyo", db_constraint=False
    )
    profile_id = models.CharField(max_length=32, blank=True, db_index=True)
    email = models.CharField(max_length=254, blank=True)  # as it was sent
    phone = models.CharField(max_length=64, blank=True)
    # A print of the properties that were sent last: only who differs is sent again.
    properties_print = models.CharField(max_length=32, blank=True)

    class Meta:
        default_permissions = ()
