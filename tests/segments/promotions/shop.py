"""Codes and customers for the tests of promo codes."""

from decimal import Decimal

from django.utils import timezone

from segments.models import PromoCode, Segment
from segments.promotions.drafts import Draft
from segments.promotions.saving import save_code
from tests.segments.api_shop import SPENDERS, make_segment, open_shop

BUYERS = {"field": "total_orders", "operator": "gte", "value": 1}
CHECK = ("promo:check", "segments:read", "customers:read")


def make_code(code="VIP10", *, value="10", **options) -> PromoCode:
    """Save a code of 10 percent, to be changed by `options`."""
    draft = Draft(code=code, value=Decimal(value), **options)
    return save_code(draft, by=None, at=timezone.now())


def open_promo_shop():
    """Ada spent 150 and Ben 20, Cleo nothing; segments of spenders (Ada) and buyers (both)."""
    people = open_shop()
    spenders = make_segment("Spenders", SPENDERS)
    buyers = make_segment("Buyers", BUYERS)
    return people, spenders, buyers


def freeze(segment: Segment, state: str) -> None:
    """Put a segment into another state, members and all."""
    Segment.objects.filter(pk=segment.pk).update(state=state)
