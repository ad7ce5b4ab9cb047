"""A Shopify store: who it is, how we may speak to it, and whether it still lets us."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tenants.secrets import EncryptedTextField, hint


class ShopifyStore(models.Model):
    """One store of the merchant. Its secrets are encrypted and never shown."""

    class Auth(models.TextChoices):
        STATIC = "static", "A permanent token of an older custom app"
        CLIENT = "client", "Client id and secret of an app of your organisation"
        EXPIRING = "expiring", "An installed app, whose token is renewed every hour"

    class State(models.TextChoices):
        NEW = "new", "Not connected yet"
        CONNECTED = "connected", "Connected"
        RECONNECT = "reconnect", "Reconnect needed"
        DISCONNECTED = "disconnected", "Disconnected"

    domain = models.CharField(max_length=80, unique=True)  # "greenshop.myshopify.com"
    source = models.CharField(max_length=64, unique=True)  # of its records: "shopify:greenshop"
    name = models.CharField(max_length=200, blank=True)
    shop_id = models.CharField(max_length=64, blank=True)  # gid: another shop's answer is refused
    auth = models.CharField(max_length=16, choices=Auth, default=Auth.STATIC)
    client_id = models.CharField(max_length=100, blank=True)
    client_secret = EncryptedTextField(blank=True)
    # Shopify signs with the former secret for up to an hour after a rotation.
    former_client_secret = EncryptedTextField(blank=True)
    access_token = EncryptedTextField(blank=True)
    token_expires_at = models.DateTimeField(null=True, blank=True)  # empty: never
    refresh_token = EncryptedTextField(blank=True)
    refresh_expires_at = models.DateTimeField(null=True, blank=True)
    scopes = ArrayField(models.CharField(max_length=64), default=list, blank=True)  # granted
    state = models.CharField(max_length=16, choices=State, default=State.NEW)
    state_note = models.TextField(blank=True)  # why it needs a hand, in words
    state_at = models.DateTimeField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    timezone = models.CharField(max_length=63, blank=True)
    plan = models.CharField(max_length=100, blank=True)
    api_version = models.CharField(max_length=16, blank=True)  # with which the shop answered
    connected_at = models.DateTimeField(null=True, blank=True)
    uninstalled_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)  # identity and scopes last read
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "Shopify store"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name or self.domain

    @property
    def handle(self) -> str:
        """The store's name in its addresses."""
        return self.domain.removesuffix(".myshopify.com")

    @property
    def is_connected(self) -> bool:
        return self.state == self.State.CONNECTED

    @property
    def token_hint(self) -> str:
        """The token as pages show it: "•••• last 4"."""
        return hint(self.access_token) if self.access_token else ""

    @property
    def secret_hint(self) -> str:
        return hint(self.client_secret) if self.client_secret else ""

    @property
    def reads_all_orders(self) -> bool:
        """Whether orders older than 60 days can be read."""
        return "read_all_orders" in self.scopes
