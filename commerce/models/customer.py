"""Who a customer is. What they did, in numbers, is in CustomerMetrics."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import OpClass
from django.db import models

from commerce.keys import profile_keys


class Consent(models.TextChoices):
    UNKNOWN = "unknown", "Unknown"
    NOT_SUBSCRIBED = "not_subscribed", "Never subscribed"
    PENDING = "pending", "Confirmation pending"
    SUBSCRIBED = "subscribed", "Subscribed"
    UNSUBSCRIBED = "unsubscribed", "Unsubscribed"


class LeftOut(models.TextChoices):
    """Why somebody in the store's data is no customer: out of base, shares and scores."""

    NO = "", "Counts as a customer"
    STAFF = "staff", "Staff"
    WHOLESALE = "wholesale", "Wholesale"
    MARKETPLACE = "marketplace", "Marketplace stand-in"
    BY_HAND = "by_hand", "Left out by hand"


class Customer(models.Model):
    """One person, whatever number of sources know them."""

    first_name = models.CharField(max_length=200, blank=True)
    last_name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)
    email_key = models.CharField(
        max_length=254, blank=True
    )  # folded in Python: NFKC, trim, casefold
    phone = models.CharField(max_length=64, blank=True)
    phone_key = models.CharField(max_length=64, blank=True)  # digits only
    name_key = models.CharField(max_length=401, blank=True)  # "first last", folded, for the search
    last_name_key = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2, blank=True)
    region = models.CharField(max_length=100, blank=True)
    city = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=32, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    # What rules compare, folded by commerce.keys in Python; rollups copy them into CustomerMetrics.
    region_key = models.CharField(max_length=100, blank=True)
    city_key = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=16, blank=True)  # folded: "en", "pt-br"
    birthday = models.DateField(null=True, blank=True)
    customer_since = models.DateTimeField(null=True, blank=True)
    email_consent = models.CharField(max_length=16, choices=Consent, default=Consent.UNKNOWN)
    email_consent_at = models.DateTimeField(null=True, blank=True)
    sms_consent = models.CharField(max_length=16, choices=Consent, default=Consent.UNKNOWN)
    sms_consent_at = models.DateTimeField(null=True, blank=True)
    communication_channel = models.CharField(max_length=32, blank=True)
    tags = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    # The folded tags in the order of `tags`, one for one; no key twice.
    tag_keys = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    is_vip = models.BooleanField("VIP", default=False)
    loyalty_tier = models.CharField(max_length=64, blank=True)
    tier_key = models.CharField(max_length=64, blank=True)
    loyalty_points = models.IntegerField(null=True, blank=True)
    reviews_count = models.PositiveIntegerField(default=0)
    referrals_count = models.PositiveIntegerField(default=0)
    follows_social = models.BooleanField(null=True, blank=True)
    attributes = models.JSONField(default=dict, blank=True)

    left_out_as = models.CharField(max_length=16, choices=LeftOut, default=LeftOut.NO, blank=True)
    # What staff decided: out, in, or nothing, which leaves it to the policy.
    left_out_by_hand = models.BooleanField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="absorbed"
    )
    erased_at = models.DateTimeField(null=True, blank=True)
    # When the source last changed the row: an older record never overwrites a newer one.
    source_at = models.DateTimeField(null=True, blank=True)
    # Field name → ISO moment at which staff set it here; only something newer overwrites it.
    staff_set_at = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            # Search by whole or leading text at a million rows: LIKE 'text%' in any collation.
            models.Index(OpClass("email_key", "varchar_pattern_ops"), name="customer_by_email"),
            models.Index(OpClass("phone_key", "varchar_pattern_ops"), name="customer_by_phone"),
            models.Index(OpClass("name_key", "varchar_pattern_ops"), name="customer_by_name"),
            models.Index(
                OpClass("last_name_key", "varchar_pattern_ops"), name="customer_by_last_name"
            ),
        ]
        permissions = [
            ("view_contact_details", "Can see names, e-mail addresses and phone numbers"),
            ("export_customer", "Can export customers"),
        ]

    def __str__(self) -> str:
        # Nobody's name on purpose: this text reaches logs, audit rows and titles viewers see.
        return f"Customer {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the row with its folded keys; set-based writers call commerce.keys themselves."""
        keys = profile_keys(self)
        for name, value in keys.items():
            setattr(self, name, value)
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], *keys}
        super().save(*args, **kwargs)

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()
