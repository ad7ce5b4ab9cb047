"""Creators of a demo merchant, and the work around their samples in every state."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from commerce.models import Customer, Spelling
from samples.creators import chasing, linking, posts, profiles, requests, rights
from samples.creators.handles import handle_of
from samples.creators.suggestions import suggest_links
from samples.models import Creator, LinkSuggestion, Platform, Post, SampleOrder, UsageRight
from tenants import jobs
from tenants.schema import connection

KNOWN, LINKED = 8, 6  # the samples of the last two wait as suggestions
STATUSES = ("active", "active", "active", "active", "paused", "ended", "active", "prospect")
# Codes that orders bear: the organics shop's, the restaurant's, the app's.
CODES = ("MARLOW10", "WREN10", "TANSY10", "JUNIPER10", "NEIGHBOUR", "LAUNCH20")
SCOPES = ("Paid social ads, cut to 15 seconds", "Product pages and newsletters", "Everything")
DAILY = "samples_daily"


def make_creators(*, today: date) -> None:
    """Add creators from the store's own customers, and posts, requests, rights, reminders."""
    at = datetime.combine(today, time(9), tzinfo=connection.tenant.zone)
    people = Customer.objects.filter(tag_keys__contains=["creator"], merged_into=None)
    used = Spelling.objects.filter(column="order.discount_codes", value__in=CODES)
    codes = sorted(used.values_list("value", flat=True))
    creators = [
        _make(customer, number=number, codes=codes[number : number + 1], at=at)
        for number, customer in enumerate(people.order_by("pk")[:KNOWN])
    ]
    suggest_links()
    wanted = LinkSuggestion.objects.filter(creator__in=creators[:LINKED])
    linking.link(dict(wanted.values_list("order_id", "creator_id")), by=None, at=at)
    samples = SampleOrder.objects.filter(creator__in=creators).select_related("creator", "order")
    fulfilled = list(samples.filter(state="fulfilled").order_by("placed_at", "pk"))
    _post(fulfilled[::2], at=at)
    _follow_up(fulfilled[1::2], today=today)
    _ask(creators[:5], samples=fulfilled, at=at)
    _allow(creators[:3], today=today)
    jobs.run_now(profiles.JOB)
    jobs.run_now(DAILY)


def _make(customer: Customer, *, number: int, codes: Sequence[str], at: datetime) -> Creator:
    told = {
        platform.value: [handle_of(customer.attributes[f"{platform}_handle"])]
        for platform in (Platform.TIKTOK, Platform.INSTAGRAM)
        if customer.attributes.get(f"{platform}_handle")
    }
    creator = Creator(
        name=customer.full_name or f"Creator {number + 1}",
        email=customer.email,
        phone=customer.phone,
        customer=customer,
        status=STATUSES[number],
    )
    profiles.save(creator, handles=told, by=None, at=at)
    for code in codes:
        profiles.add_code(creator, kind="discount", code=code, by=None)
    return creator


def _post(samples: Sequence[SampleOrder], *, at: datetime) -> None:
    for number, sample in enumerate(samples):
        day = min((sample.fulfilled_on or sample.placed_on) + timedelta(days=5), at.date())
        post = Post(
            creator=sample.creator,
            order=sample.order,
            link=f"https://www.tiktok.com/@demo/video/{7_000_000_000 + sample.pk}",
            platform=Platform.TIKTOK,
            posted_on=day,
            reach=1_200 + 977 * (number * number % 23),
            fee=(0, 0, 50, 120)[number % 4],
        )
        posts.save(post, by=None, at=at)


def _follow_up(samples: Sequence[SampleOrder], *, today: date) -> None:
    for sample in samples:
        link = f"https://tracking.example.com/parcels/{sample.pk}"
        chasing.track(sample.pk, link=link, by=None)
    ids = [sample.pk for sample in samples]
    chasing.remind(ids[:3], by=None, on=today - timedelta(days=3))
    chasing.excuse(ids[3:5], by=None, on=today)


def _ask(creators: Sequence[Creator], *, samples: Sequence[SampleOrder], at: datetime) -> None:
    steps: tuple[tuple[str, ...], ...]
    steps = ((), ("approve",), ("decline",), ("approve", "order"), ("approve", "order", "close"))
    for number, (creator, way) in enumerate(zip(creators, steps, strict=False)):
        sample = next((each for each in samples if each.creator_id == creator.pk), None)
        asked = at - timedelta(days=number)
        row = requests.ask(
            creator, products=["The new season's box"], asker="creator", by=None, at=asked
        )
        for step in way:
            if step == "order" and sample is None:
                break
            order = sample.pk if sample else None
            requests.take(row.pk, step=step, order_id=order, by=None, at=at)


def _allow(creators: Sequence[Creator], *, today: date) -> None:
    ends = (today + timedelta(days=12), today - timedelta(days=40), None)
    for creator, scope, end in zip(creators, SCOPES, ends, strict=False):
        rights.save(
            UsageRight(
                creator=creator,
                scope=scope,
                starts_on=today - timedelta(days=200),
                ends_on=end,
            ),
            by=None,
        )
