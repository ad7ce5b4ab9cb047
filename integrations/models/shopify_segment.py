"""Segments made in Shopify, and who the shop says is in them."""

from django.db import models

from integrations.models.shopify_store import ShopifyStore
from segments.models import Segment


class ShopifySegment(models.Model):
    """What the shop tells about one of its segments, beside the row that everybody reads."""

    segment = models.OneToOneField(
        Segment, models.CASCADE, primary_key=True, related_name="shopify"
    )
    store = models.ForeignKey(ShopifyStore, models.CASCADE, related_name="segments")
    external_id = models.BigIntegerField()  # the number in gid://shopify/Segment/…
    name = models.CharField(max_length=255)  # whole; a segment's own name is shorter
    query = models.TextField(blank=True)
    made_at = models.DateTimeField(null=True)
    edited_at = models.DateTimeField(null=True)
    listed_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)  # no longer among the shop's segments
    # Whether its members are mirrored; None: the budget decides.
    is_chosen = models.BooleanField(null=True)
    is_due = models.BooleanField(default=False)  # somebody, or a webhook, asked for its members
    shop_count = models.IntegerField(null=True)  # members, as the shop counts them
    unknown_count = models.IntegerField(null=True)  # of these not (yet) in the mirror
    # The members being read: which generation, by which frozen list, behind which cursor.
    generation = models.PositiveIntegerField(default=0)  # that stands
    reading = models.PositiveIntegerField(null=True)
    query_id = models.CharField(max_length=200, blank=True)
    cursor = models.TextField(blank=True)
    read_count = models.IntegerField(default=0)
    reading_since = models.DateTimeField(null=True)
    members_at = models.DateTimeField(null=True)  # as of when the members are the shop's
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["store", "external_id"], name="shopify_segment_once")
        ]

    def __str__(self) -> str:
        return f"Shopify segment {self.external_id}"


class ShopifySegmentMember(models.Model):
    """A customer's number at the shop, in a generation of a segment's members.

    Numbers, not customers: who is not mirrored yet becomes a member when they are.
    """

    segment = models.ForeignKey(
        ShopifySegment, models.CASCADE, related_name="numbers", db_index=False, db_constraint=False
    )
    generation = models.PositiveIntegerField()
    number = models.BigIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "generation", "number"], name="shopify_member_once"
            )
        ]
        indexes = [models.Index(fields=["number"], name="shopify_member_by_number")]


class ShopifySegmentMove(models.Model):
    """The newest word of a webhook on one customer and segment: older ones change nothing."""

    segment = models.ForeignKey(ShopifySegment, models.CASCADE, related_name="moves")
    number = models.BigIntegerField()
    is_member = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["segment", "number"], name="shopify_move_once")
        ]
        indexes = [models.Index(fields=["at"], name="shopify_move_by_age")]


class ShopifySegmentBudget(models.Model):
    """How many members of Shopify's segments are mirrored without being chosen. One row."""

    most_members = models.PositiveIntegerField(default=1_000_000)
    most_segments = models.PositiveIntegerField(default=200)

    class Meta:
        default_permissions = ()
