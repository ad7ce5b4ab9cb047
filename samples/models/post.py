"""What creators published."""

from django.conf import settings
from django.db import models

from commerce.models import Order
from commerce.models.order import money
from samples.models.creator import Creator
from samples.models.handle import Platform


class Post(models.Model):
    """A post about a sample, or about the merchant in general.

    It names the order, not the sample: what staff recorded outlives a change of the samples
    settings.
    """

    creator = models.ForeignKey(
        Creator, models.CASCADE, null=True, blank=True, related_name="posts", db_index=False
    )
    order = models.ForeignKey(
        Order, models.SET_NULL, null=True, blank=True, related_name="posts", db_constraint=False
    )
    link = models.CharField(max_length=500, unique=True)  # https; never fetched
    platform = models.CharField(max_length=16, choices=Platform)
    posted_on = models.DateField()
    reach = models.PositiveBigIntegerField(null=True, blank=True)
    fee = money()  # what was paid for it
    note = models.CharField(max_length=500, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["creator", "posted_on"], name="post_by_creator"),  # to chase
            models.Index(fields=["-posted_on", "-id"], name="post_newest"),
        ]

    def __str__(self) -> str:
        return f"Post {self.pk}"
