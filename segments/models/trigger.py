"""What happens by itself when customers enter or leave a segment, or move between scores."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from segments.models.membership import Cause
from segments.models.segment import Segment
from tenants.secrets import EncryptedTextField


class Trigger(models.Model):
    """When, for whom, and what. Its effects are `access.Effect` rows of consumer `trigger:<id>`."""

    class On(models.TextChoices):
        ENTERED = "entered", "A customer enters a segment"
        LEFT = "left", "A customer leaves a segment"
        MOVED = "moved", "A customer's score moves"
        FOUND = "found", "A sample needs somebody"

    class Again(models.TextChoices):
        ALWAYS = "always", "Every time"
        ONCE = "once", "Once per customer"
        DAYS = "days", "Not again within some days"

    name = models.CharField(max_length=120)
    is_on = models.BooleanField(default=True)
    # Changes of runs that began before are not this trigger's: never a back-log at switching on.
    listens_from = models.DateTimeField()
    # Up to when the ledger has been read; the next look goes an hour further back.
    read_to = models.DateTimeField(null=True)

    on = models.CharField(max_length=8, choices=On)
    # Nobody can take the segment away unseen: segments.usages names this use.
    segment = models.ForeignKey(Segment, models.PROTECT, null=True, related_name="triggers")
    score = models.CharField(max_length=32, blank=True)  # rfm, engagement, pql, lifecycle
    from_keys = ArrayField(models.CharField(max_length=32), default=list, blank=True)  # empty: any
    to_keys = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    finding = models.CharField(max_length=12, blank=True)  # of samples: a kind of Finding

    at_least = models.PositiveIntegerField(default=1)  # changes in one run
    again = models.CharField(max_length=8, choices=Again, default=Again.ALWAYS)
    again_days = models.PositiveIntegerField(default=30)
    quiet_from = models.TimeField(null=True)  # in the merchant's zone
    quiet_to = models.TimeField(null=True)
    # Causes beside data, time, score and platform; never the first computation.
    also_causes = ArrayField(
        models.CharField(max_length=20, choices=Cause), default=list, blank=True
    )

    kind = models.CharField(max_length=32)  # of segments.actions.kinds
    options = models.JSONField(default=dict)  # what the kind asks for
    secret = EncryptedTextField(blank=True)  # what a webhook is signed with
    old_secret = EncryptedTextField(blank=True)  # signs too until old_secret_until
    old_secret_until = models.DateTimeField(null=True)

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def consumer(self) -> str:
        """The name its effects and their target go by."""
        return f"trigger:{self.pk}"
