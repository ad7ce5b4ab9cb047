"""Creators, samples and posts by hand, for the tests of the work around samples."""

from datetime import UTC, date, datetime
from decimal import Decimal

from django.db import connection

from commerce.models import Customer
from samples import tallies
from samples.models import Creator, CreatorCode, CreatorHandle, Post, SampleOrder
from tests.commerce.factories import OrderFactory, OrderLineFactory

TODAY = date(2026, 6, 30)
NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)


def make_creator(name: str = "Mia Berg", *, tiktok: str = "", **values) -> Creator:
    creator = Creator.objects.create(name=name, **values)
    if tiktok:
        CreatorHandle.objects.create(
            creator=creator, platform="tiktok", handle=tiktok, handle_key=tiktok.casefold()
        )
    return creator


def make_code(creator: Creator, code: str = "MIA10", **values) -> CreatorCode:
    return CreatorCode.objects.create(
        creator=creator, code=code, code_key=code.casefold(), **values
    )


def make_sample(
    creator: Creator | None = None,
    *,
    on: date = date(2026, 6, 1),
    customer: Customer | None = None,
    products: tuple[str, ...] = (),
    state: str = "fulfilled",
    fulfilled_on: date | None = None,
    cost: str | None = None,
    **order,
) -> SampleOrder:
    """A UGC sample ordered on `on`, by default fulfilled the same day."""
    at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    made = OrderFactory(customer=customer, placed_at=at, total=0, excluded_as="sample", **order)
    for product in products:
        OrderLineFactory(order=made, product=product, unit_cost=Decimal(3), price=0)
    sample = SampleOrder.objects.create(
        order=made,
        customer=customer,
        creator=creator,
        kind="ugc",
        found_by="tag",
        state=state,
        placed_at=at,
        placed_on=on,
        fulfilled_on=fulfilled_on or (on if state == "fulfilled" else None),
        cost=Decimal(cost) if cost else None,
    )
    with connection.cursor() as cursor:
        tallies.recount(cursor)
    return sample


def make_post(creator: Creator | None = None, *, link: str = "", **values) -> Post:
    number = Post.objects.count() + 1
    link = link or f"https://www.tiktok.com/@mia/video/{number}"
    told = {"platform": "tiktok", "posted_on": date(2026, 6, 10)} | values
    return Post.objects.create(creator=creator, link=link, **told)
