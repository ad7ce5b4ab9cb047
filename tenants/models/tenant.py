"""A merchant and the hosts it answers on."""

from zoneinfo import ZoneInfo

from django.db import models
from django_tenants.models import DomainMixin, TenantMixin

from tenants.slugs import validate_slug


class Tenant(TenantMixin):
    """One merchant. Its facts live in the schema of the same name; this row holds none of them."""

    class State(models.TextChoices):
        PROVISIONING = "provisioning", "Being set up"
        READY = "ready", "Ready"
        FAILED = "failed", "Set-up failed"
        SUSPENDED = "suspended", "Suspended"
        DELETING = "deleting", "Being deleted"

    class Industry(models.TextChoices):  # the industries that have published RFM benchmarks
        ECOMMERCE = "ecommerce", "E-commerce"
        SAAS = "saas", "Software as a service"
        RETAIL = "retail", "Retail"
        RESTAURANT = "restaurant", "Restaurant"

    schema_name = models.CharField("slug", max_length=31, unique=True, validators=[validate_slug])
    name = models.CharField(max_length=100)
    timezone = models.CharField(max_length=63, default="UTC")
    currency = models.CharField(max_length=3, default="USD")
    industry = models.CharField(max_length=16, choices=Industry, default=Industry.ECOMMERCE)
    brand_color = models.CharField(max_length=7, default="#0f766e")
    # Points of the merchant's own, for "lives near our shop": [{"name", "latitude", "longitude"}].
    places = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=16, choices=State, default=State.PROVISIONING)
    state_note = models.TextField(blank=True)
    migrated_to = models.CharField(
        max_length=64, blank=True
    )  # fingerprint of the migrations the schema has
    # Whom the set-up invites; emptied when it has.
    owner_email = models.EmailField(blank=True)
    # Since when nothing goes out of this merchant; of the platform's row: of the installation.
    outgoing_paused_at = models.DateTimeField(null=True, blank=True)
    # Targets of its effects that stand paused after failures: the platform's status reads it here.
    failing_targets = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    auto_create_schema = False  # provisioning is a background job with a state
    auto_drop_schema = False  # deletion is a job too, and asks twice

    class Meta:
        ordering = ["name"]
        verbose_name = "merchant"

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose calendar days every figure of this merchant counts in."""
        return ZoneInfo(self.timezone)


class Domain(DomainMixin):
    """A host name, lower case, without a port."""
