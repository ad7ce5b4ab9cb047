"""A mail that opens a door: an invitation, or a link to set a new password."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from tenants.access.models.invitation import Invitation
from tenants.secrets import EncryptedTextField


class Mail(models.Model):
    """Written with what it is about, sent by a worker. Holds no address and no text."""

    class State(models.TextChoices):
        WAITING = "waiting", "not sent yet"
        SENT = "sent", "sent"
        FAILED = "failed", "not sent"
        NEEDLESS = "needless", "no longer needed"

    invitation = models.ForeignKey(Invitation, models.CASCADE, null=True, related_name="mails")
    # Whose forgotten password it is about.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="mails"
    )
    # The invitation's link, until the mail server has it; a password's is made when it is sent.
    secret = EncryptedTextField(blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)  # in words for the owner
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(invitation=None, user__isnull=False)
                | Q(invitation__isnull=False, user=None),
                name="mail_about_one_thing",
            ),
            # Asking ten times for a new password is one mail while the first still waits.
            models.UniqueConstraint(
                fields=["user"], condition=Q(state="waiting"), name="mail_waits_once"
            ),
        ]

    def __str__(self) -> str:
        return f"Mail {self.pk}"
