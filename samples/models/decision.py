"""What staff decided about single orders, whatever the settings say."""

from django.conf import settings
from django.db import models

from commerce.models import Order


class SampleDecision(models.Model):
    """A sample marked by hand, or an order that is none although it looks like one."""

    class Verdict(models.TextChoices):
        UGC = "ugc", "UGC sample"
        TIKTOK = "tiktok", "TikTok sample"
        NONE = "none", "No sample"

    order = models.OneToOneField(
        Order, models.CASCADE, primary_key=True, related_name="sample_decision"
    )
    verdict = models.CharField(max_length=8, choices=Verdict)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    decided_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.get_verdict_display()}: order {self.order_id}"
