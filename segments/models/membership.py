"""Who is in a segment now, and every entry and exit with its cause."""

from django.db import models

from commerce.models import Customer
from segments.models.segment import Segment


class Cause(models.TextChoices):
    """Why a customer entered or left. The first four act on triggers; the rest are recorded."""

    DATA = "data", "The customer's own facts changed"
    TIME = "time", "Time passed"
    SCORE = "score", "A scheduled score changed"
    PLATFORM = "platform", "The platform's list changed"
    FIRST = "first", "First computation"
    DEFINITION = "definition", "The segment was edited"
    SCORE_DEFINITION = "score_definition", "The scoring was changed"
    ORDER_POLICY = "order_policy", "The order policy was changed"
    IMPORT = "import", "An import"
    MANUAL = "manual", "By hand"
    ACTION = "action", "A trigger's action"
    MERGE = "merge", "Customers were merged"
    ERASURE = "erasure", "The customer was erased"


class Membership(models.Model):
    """A customer in a segment. One set difference per refresh keeps these."""

    # No constraints in the database, here and in the ledger: checking a row costs more than writing
    # it,
    # and only segments.membership writes.
    segment = models.ForeignKey(
        Segment,
        models.CASCADE,
        related_name="memberships",
        db_index=False,
        db_constraint=False,
    )
    customer = models.ForeignKey(
        Customer,
        models.CASCADE,
        related_name="memberships",
        db_index=False,
        db_constraint=False,
    )
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["segment", "customer"], name="membership_unique")
        ]
        # "Segments of one customer" reads this index alone.
        indexes = [models.Index(fields=["customer", "segment"], name="membership_by_customer")]


class MembershipChange(models.Model):
    """One entry or exit. Never updated, never marked as used; erasure nulls the customer."""

    segment = models.ForeignKey(
        Segment,
        models.CASCADE,
        related_name="changes",
        db_index=False,
        db_constraint=False,
    )
    customer = models.ForeignKey(
        Customer,
        models.SET_NULL,
        null=True,
        related_name="segment_changes",
        db_index=False,
        db_constraint=False,
    )
    entered = models.BooleanField()
    cause = models.CharField(max_length=20, choices=Cause)
    at = models.DateTimeField()
    event = models.CharField(max_length=64, blank=True, db_default="")  # that set it off, if one

    class Meta:
        indexes = [
            models.Index(fields=["segment", "at"], name="change_by_segment"),
            models.Index(fields=["customer", "at"], name="change_by_customer"),
        ]
