"""A named set of customers, of whatever kind."""

from django.conf import settings
from django.db import models

from segments.models.label import SegmentLabel


class Segment(models.Model):
    """Every kind has a row here and its members in Membership."""

    class Kind(models.TextChoices):
        RULES = "rules", "Rules"
        MANUAL = "manual", "By hand"
        RFM = "rfm", "RFM"
        LIFECYCLE = "lifecycle", "Lifecycle"
        SHOPIFY = "shopify", "Shopify"

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        ACTIVE = "active", "Active"
        NEEDS_ATTENTION = "needs_attention", "Needs attention"
        ARCHIVED = "archived", "Archived"

    class Rate(models.TextChoices):
        CHANGE = "change", "On change"
        HOURLY = "hourly", "Hourly"
        DAILY = "daily", "Daily"
        WEEKLY = "weekly", "Weekly"

    kind = models.CharField(max_length=16, choices=Kind, default=Kind.RULES)
    key = models.CharField(max_length=64, blank=True)  # of a computed segment: champions, loyal …
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    rules = models.JSONField(null=True, blank=True)  # canonical form
    # What the rules stand on, kept at each save: facts, segments, is_temporal, needs_base.
    stands_on = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=16, choices=State, default=State.ACTIVE)
    state_reason = models.CharField(max_length=300, blank=True)
    members_count = models.IntegerField(default=0)
    refreshed_at = models.DateTimeField(null=True)
    # How often a rule segment asks to be counted; segments/rates.py says what holds.
    refresh_rate = models.CharField(max_length=8, choices=Rate, default=Rate.CHANGE)
    created_at = models.DateTimeField(auto_now_add=True)
    preset = models.CharField(max_length=64, blank=True)  # of the library: where the rules began
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    labels = models.ManyToManyField(SegmentLabel, related_name="segments", blank=True)
    # What the members have spent, kept for stores too large to add it up on a page.
    members_spent = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    spent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"], condition=~models.Q(key=""), name="segment_one_per_key"
            )
        ]

    def __str__(self) -> str:
        return self.name
