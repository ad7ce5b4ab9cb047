"""What the privacy of customers leaves behind: requests and their log, and prints of the erased."""

from django.conf import settings
from django.db import models

from tenants.secrets import EncryptedTextField


class PrintKey(models.Model):
    """The merchant's own random key of all prints. One row."""

    secret = EncryptedTextField()

    class Meta:
        default_permissions = ()


class ErasedPrint(models.Model):
    """A keyed hash of an id or e-mail address of somebody erased: nobody can be read out of it,
    but who comes back in a file or a sync is recognised and turned away.
    """

    digest = models.CharField(max_length=64, primary_key=True)  # HMAC-SHA-256, hexadecimal
    made_at = models.DateTimeField()

    class Meta:
        default_permissions = ()


class PrivacyRequest(models.Model):
    """A wish for one's data or for erasure, from staff or a platform; kept as the proof.

    It names nobody: an erased customer's number leads to an empty row.
    """

    class Kind(models.TextChoices):
        EXPORT = "export", "Copy of their data"
        ERASURE = "erasure", "Erasure"
        SHOP = "shop", "Erasure of a shop"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        DONE = "done", "Done"
        NOBODY = "nobody", "Nobody here"
        CANCELLED = "cancelled", "Called off"

    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    source = models.CharField(max_length=64, blank=True)  # a source's key; empty: the team
    reference = models.CharField(max_length=100, blank=True)  # the platform's own id of the wish
    customer = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    not_before = models.DateTimeField(null=True)  # a shop's erasure can be called off until then
    due_at = models.DateTimeField()  # what the law or the platform allows
    done_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)  # what was found where: part → rows
    error = models.CharField(max_length=300, blank=True)  # of the last attempt, in words
    file = models.CharField(max_length=80, blank=True)  # of an export, in the merchant's folder
    size = models.BigIntegerField(null=True)
    expires_at = models.DateTimeField(null=True)  # the file's
    downloads = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "source", "reference"],
                condition=~models.Q(reference=""),
                name="privacy_request_once",
            )
        ]
        indexes = [
            models.Index(fields=["state", "due_at"], name="privacy_to_do"),
            models.Index(fields=["customer"], name="privacy_by_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"
