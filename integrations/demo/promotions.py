"""A handful of promo codes for a demo merchant: running, to come, over, and some of them used."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from segments.models import Membership, PromoCode, Segment
from segments.promotions.drafts import Draft
from segments.promotions.persons import by_number
from segments.promotions.redeeming import Use, redeem
from segments.promotions.saving import save_code
from tenants.schema import connection

Discount = PromoCode.Discount
USES = 7  # of the code for the best customers


def make_codes(*, today: date) -> None:
    """Make codes for the merchant's RFM segments; those that are there stay as they are."""
    at = timezone.now()
    keys = set(PromoCode.objects.values_list("code_key", flat=True))
    for draft in _drafts(today):
        if draft.code.lower() not in keys:
            save_code(draft, by=None, at=at)
    if "vip10" not in keys:
        _use("VIP10", at=at)


def _drafts(today: date) -> list[Draft]:
    best, weary = _rfm("champions", "loyal"), _rfm("at_risk", "cant_lose", "about_to_sleep")
    return [
        Draft(
            code="VIP10",
            description="Thanks to our best customers",
            value=Decimal(10),
            include=best,
            most_each=3,
        ),
        Draft(
            code="COMEBACK15",
            description="For those we have not seen for a while",
            value=Decimal(15),
            include=weary,
            exclude=best,
            most_each=1,
            most_total=500,
        ),
        Draft(
            code="WELCOME",
            description="Free shipping with the first order",
            discount=Discount.FREE_SHIPPING,
            unknown=PromoCode.Unknown.ALLOW,
            exclude=best,
            most_each=1,
        ),
        Draft(
            code="NEWYEAR5",
            discount=Discount.AMOUNT,
            value=Decimal(5),
            starts_at=_start(date(today.year + 1, 1, 1)),
            ends_at=_start(date(today.year + 1, 1, 8)),
        ),
        Draft(
            code="LASTMONTH20",
            value=Decimal(20),
            starts_at=_start(today - timedelta(days=60)),
            ends_at=_start(today - timedelta(days=30)),
        ),
    ]


def _rfm(*keys: str) -> tuple[int, ...]:
    rows = Segment.objects.filter(kind=Segment.Kind.RFM, key__in=keys, state=Segment.State.ACTIVE)
    return tuple(sorted(rows.values_list("pk", flat=True)))


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), connection.tenant.zone)


def _use(code: str, *, at: datetime) -> None:
    """Let the first few members of its segments have used a code, one of them twice."""
    sides: Collection[int] = PromoCode.objects.get(code=code).sides.values_list(
        "segment_id", flat=True
    )
    members = Membership.objects.filter(segment_id__in=sides).order_by("customer_id")
    people = list(members.values_list("customer_id", flat=True)[: USES - 1])
    for number, pk in enumerate([*people, *people[:1]]):
        use = Use(f"demo-{number + 1}", by_number(pk), order=f"demo-{number + 1}")
        redeem(code, use, by="Website", at=at - timedelta(hours=5 * number))
