"""A segment and a Klaviyo list that are kept in step."""

from django.conf import settings
from django.db import models

from integrations.models.klaviyo_account import KlaviyoAccount
from segments.models import Segment


class KlaviyoList(models.Model):
    """One list of the account, filled from, or read into, one segment."""

    class Direction(models.TextChoices):
        PUSH = "push", "From Strata to Klaviyo"
        PULL = "pull", "From Klaviyo to Strata"
        BOTH = "both", "Both ways"

    class Policy(models.TextChoices):
        OURS = "ours", "Strata decides"
        KLAVIYO = "klaviyo", "Klaviyo decides"
        UNION = "union", "Both add, both remove"

    class State(models.TextChoices):
        NEW = "new", "To be looked at before it begins"
        ACTIVE = "active", "In step"
        HELD = "held", "Stopped: please decide"
        PAUSED = "paused", "Paused"
        UNLINKED = "unlinked", "The list is gone"

    account = models.ForeignKey(KlaviyoAccount, models.CASCADE, related_name="lists")
    segment = models.ForeignKey(Segment, models.CASCADE, related_name="klaviyo_lists")
    list_id = models.CharField(max_length=32)
    name = models.CharField(max_length=255)  # as Klaviyo has it
    direction = models.CharField(max_length=8, choices=Direction, default=Direction.PUSH)
    policy = models.CharField(max_length=8, choices=Policy, default=Policy.OURS)
    subscribed_only = models.BooleanField(default=False)
    is_ours = models.BooleanField(default=False)  # made by us, so it was empty at first
    state = models.CharField(max_length=16, choices=State, default=State.NEW)
    state_note = models.TextField(blank=True)
    # What was held, and what somebody said may happen: prints of the members to be taken out.
    held_print = models.CharField(max_length=64, blank=True)
    allowed_print = models.CharField(max_length=64, blank=True)
    # How far Klaviyo's members are known: by the moment they joined, and by a whole pass.
    joined_until = models.DateTimeField(null=True, blank=True)
    pass_number = models.PositiveIntegerField(default=0)  # of the last whole pass
    pass_next = models.TextField(blank=True)  # where the pass at work goes on
    pass_began_at = models.DateTimeField(null=True, blank=True)
    passed_at = models.DateTimeField(null=True, blank=True)
    their_count = models.IntegerField(null=True)  # members, as Klaviyo counts them
    synced_at = models.DateTimeField(null=True, blank=True)  # last success
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "list_id"], name="klaviyo_list_once")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def writes(self) -> bool:
        """Whether anything is sent to Klaviyo."""
        return self.direction != self.Direction.PULL

    @property
    def reads(self) -> bool:
        """Whether what happens at Klaviyo means anything here."""
        return self.direction != self.Direction.PUSH
