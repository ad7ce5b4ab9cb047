"""Orders sent to creators for nothing, in every kind and state, and near misses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from integrations.demo.records import Line, Order, Person, Product
from integrations.demo.season import OFFICE_HOURS, moment


@dataclass(frozen=True)
class Kind:
    """How an order shows that it is a sample, or only looks like one (`is_paid`)."""

    tags: tuple[str, ...] = ()
    channel: str = "Draft Order"
    source: str = "manual"
    app: str = "Back Office"
    is_paid: bool = False


TIKTOK = ("TikTok Shop", "tiktok", "TikTok Shop Connector")
KINDS = (
    Kind(("ugc-sample",)),
    Kind(("UGC ", "spring gifting")),
    Kind(("creator-sample",)),
    Kind(("ugc",), is_paid=True),  # a creator who paid shipping and goods is one all the same
    Kind(("tiktok-sample",), *TIKTOK),
    Kind(("tiktok-shop-sample", "Priority")),
    Kind((), *TIKTOK),  # nothing but the channel and the price say so
    Kind(("ugc", "tiktok-sample"), *TIKTOK),  # both: counts as UGC
    Kind(("tiktok-sample",), *TIKTOK, is_paid=True),  # a sale, whatever the tag says
)
# state, and how many days ago such an order can be
STATES = (
    ("fulfilled", (12, 380)),
    ("unfulfilled", (1, 9)),
    ("unfulfilled", (25, 60)),  # waiting too long
    ("partial", (3, 20)),
    ("in_progress", (1, 6)),
    ("on_hold", (4, 30)),
    ("scheduled", (1, 5)),
    ("open", (1, 8)),
    ("not_required", (20, 200)),
    ("cancelled", (10, 120)),
)


def send_samples(
    random: Random, *, today: date, creators: Sequence[Person], products: Sequence[Product]
) -> Iterator[Order]:
    """Return one sample order for every kind and state, spread over the creators."""
    serial = 0
    for kind in KINDS:
        for state, (soonest, longest) in STATES:
            day = today - timedelta(days=random.randint(soonest, longest))
            creator = creators[serial % len(creators)]
            yield _sample(random, kind, state, day=day, creator=creator, products=products)
            serial += 1


def _sample(
    random: Random,
    kind: Kind,
    state: str,
    *,
    day: date,
    creator: Person,
    products: Sequence[Product],
) -> Order:
    at = moment(day, hours=OFFICE_HOURS, random=random)
    lines = [Line(product, price=product.price) for product in random.sample(products, k=2)]
    if not kind.is_paid:
        for line in lines:  # half are priced at nothing, half discounted to it
            if at.second % 2:
                line.price = 0
            else:
                line.discount = line.price
    order = Order(at, creator, lines, email=creator.email, tags=kind.tags, fulfillment=state)
    order.channel, order.source, order.app = kind.channel, kind.source, kind.app
    order.store = "Online"
    order.shipping = 490 if random.random() < 0.3 else 0
    if any(line.discount for line in lines):
        order.codes = ("CREATOR100",)
    if state == "fulfilled":
        order.fulfilled_at = at + timedelta(days=1 + at.second % 6)
    if state == "cancelled":
        order.fulfillment, order.financial = "unfulfilled", "voided"
        order.cancelled_at = at + timedelta(hours=2)
    return order


def is_creator(person: Person) -> bool:
    """Say whether samples go to this person; name their handles the first time."""
    if person.habit != "creator":
        return False
    if "creator" not in person.tags:
        handle = f"@{person.first_name}{person.last_name}".lower()
        person.tags.append("creator")
        person.attributes |= {"tiktok_handle": handle, "instagram_handle": f"{handle}.daily"}
    return True
