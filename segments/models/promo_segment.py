"""Which segments a promo code is for, and which it is not for."""

from django.db import models

from segments.models.promo_code import PromoCode
from segments.models.segment import Segment


class PromoSegment(models.Model):
    """A segment that a code is for, or not for."""

    class Side(models.TextChoices):
        INCLUDE = "include", "For"
        EXCLUDE = "exclude", "Not for"

    code = models.ForeignKey(PromoCode, models.CASCADE, related_name="sides", db_index=False)
    # A code must not become open to everybody because its segment went: the database insists.
    segment = models.ForeignKey(Segment, models.PROTECT, related_name="promo_sides")
    side = models.CharField(max_length=8, choices=Side)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["code", "segment"], name="promo_names_segment_once")
        ]

    def __str__(self) -> str:
        return str(self.segment)
