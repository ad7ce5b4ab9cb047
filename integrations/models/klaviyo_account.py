"""The merchant's Klaviyo account: how we may speak to it, and whether it still lets us."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tenants.secrets import EncryptedTextField, hint


class KlaviyoAccount(models.Model):
    """One row, once a key was given. The key is encrypted and never shown."""

    class State(models.TextChoices):
        CONNECTED = "connected", "Connected"
        REVOKED = "revoked", "New key needed"
        SCOPES = "scopes", "The key may do too little"
        DISCONNECTED = "disconnected", "Disconnected"

    account_id = models.CharField(max_length=64, unique=True)  # another account's key is refused
    name = models.CharField(max_length=200, blank=True)
    timezone = models.CharField(max_length=63, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    key = EncryptedTextField(blank=True)
    state = models.CharField(max_length=16, choices=State, default=State.CONNECTED)
    state_note = models.TextField(blank=True)  # why it needs a hand, in words
    state_at = models.DateTimeField(null=True, blank=True)
    missing_scopes = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    # Active profiles count towards the merchant's plan, so they may want no new ones.
    creates_profiles = models.BooleanField(default=True)
    property_prefix = models.CharField(max_length=32, default="strata_", blank=True)
    connected_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    consents_until = models.DateTimeField(null=True, blank=True)  # read from Klaviyo so far
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        verbose_name = "Klaviyo account"

    def __str__(self) -> str:
        return self.name or self.account_id

    @property
    def is_connected(self) -> bool:
        return self.state == self.State.CONNECTED

    @property
    def key_hint(self) -> str:
        """The key as pages show it: "•••• last 4"."""
        return hint(self.key) if self.key else ""
