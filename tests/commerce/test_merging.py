"""Two customers made one, parted again, and proposed."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from commerce import duplicates, identity, merging, stale
from commerce.models import (
    Customer,
    CustomerIdentity,
    CustomerMetrics,
    DuplicateProposal,
    Event,
    Order,
    OrderLine,
    Refund,
    StaleCustomer,
)
from tests.commerce.factories import (
    CustomerFactory,
    CustomerIdentityFactory,
    EventFactory,
    OrderFactory,
    OrderLineFactory,
    RefundFactory,
    bring_up_to_date,
)

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = date(2026, 6, 1)
pytestmark = pytest.mark.usefixtures("tenant")


@pytest.fixture
def pair(tenant):
    kept = CustomerFactory(
        email="", first_name="Kim", tags=["Wine"], email_consent="subscribed", loyalty_points=3
    )
    gone = CustomerFactory(
        email="kim@example.test",
        birthday=date(1990, 2, 28),
        tags=["wine", "Oil"],
        customer_since=datetime(2024, 1, 1, 9, 30, 0, 123456, tzinfo=UTC),
        email_consent="unsubscribed",
        email_consent_at=NOW,
        attributes={"diet": "vegan"},
    )
    for customer in (kept, gone):
        CustomerIdentityFactory(customer=customer)
        order = OrderFactory(customer=customer)
        OrderLineFactory(order=order)
        RefundFactory(order=order)
        RefundFactory(order=None, customer=customer, amount=1)
        EventFactory(customer=customer)
    bring_up_to_date(on=DAY)
    StaleCustomer.objects.all().delete()
    return kept, gone


def everything():
    tables = (Customer, CustomerIdentity, Order, OrderLine, Refund, Event, CustomerMetrics)
    return {model: list(model.objects.order_by("pk").values()) for model in tables}


def merge(pair):
    return merging.merge(survivor=pair[0].pk, absorbed=pair[1].pk, by=None, at=NOW)


def test_the_survivor_has_everything_and_the_old_id_leads_on(pair):
    kept, gone = pair

    merge(pair)

    for model in (CustomerIdentity, Order, OrderLine, Refund, Event):
        assert not model.objects.exclude(customer=kept).exists()
    kept.refresh_from_db()
    assert (kept.first_name, kept.email_key, kept.tags) == (
        "Kim",
        "kim@example.test",
        ["Wine", "Oil"],
    )
    assert (kept.email_consent, kept.attributes) == ("unsubscribed", {"diet": "vegan"})
    numbers = CustomerMetrics.objects.values_list("orders_count", "spent", "in_base")
    assert numbers.get(customer=kept) == (2, Decimal(178), True)
    assert numbers.get(customer=gone) == (0, Decimal(0), False)
    assert identity.resolve(gone.pk) == kept
    marks = StaleCustomer.objects.filter(cause="merge")
    # Profile, orders and activity; and the floor above marks each event of theirs.
    assert marks.exclude(facts__startswith="event:").count() == 2 * 3 * len(stale.CONSUMERS)


def test_undoing_puts_everything_back_exactly(pair):
    before = everything()

    done = merge(pair)
    assert everything() != before
    merging.undo(done.pk, by=None, at=NOW)

    assert everything() == before
    assert identity.resolve(pair[1].pk) == pair[1]


def test_what_came_in_after_the_merge_stays_with_the_survivor(pair):
    kept, gone = pair
    done = merge(pair)
    late = OrderFactory(customer=kept)
    Customer.objects.filter(pk=kept.pk).update(email="new@example.test")

    merging.undo(done.pk, by=None, at=NOW)

    late.refresh_from_db()
    kept.refresh_from_db()
    assert (late.customer, kept.email) == (kept, "new@example.test")
    assert CustomerMetrics.objects.get(customer=gone).orders_count == 1


def test_a_floor_above_moves_and_restores_its_own(pair, monkeypatch):
    seen = []
    part = merging.MergePart(
        "test",
        "Test",
        lambda cursor, kept, gone: [kept, gone],
        lambda cursor, kept, gone, moved: seen.append(moved),
    )
    monkeypatch.setattr(merging.MERGE_PARTS, "_entries", {"test": part})

    done = merge(pair)
    merging.undo(done.pk, by=None, at=NOW)

    assert seen == [[pair[0].pk, pair[1].pk]]


def test_a_merge_is_refused_with_oneself_or_with_somebody_merged(pair):
    kept, gone = pair
    third = CustomerFactory()
    merge(pair)
    before = everything()

    for survivor, absorbed in [(kept, kept), (third, gone), (gone, third)]:
        with pytest.raises(merging.MergeRefused):
            merging.merge(survivor=survivor.pk, absorbed=absorbed.pk, by=None, at=NOW)

    assert everything() == before


def test_a_later_merge_has_to_be_undone_first(pair):
    kept, gone = pair
    third = CustomerFactory()
    bring_up_to_date(on=DAY)
    before = everything()
    first = merge(pair)
    second = merging.merge(survivor=third.pk, absorbed=kept.pk, by=None, at=NOW)
    assert identity.resolve(gone.pk) == third

    with pytest.raises(merging.MergeRefused, match="Undo that merge first"):
        merging.undo(first.pk, by=None, at=NOW)
    merging.undo(second.pk, by=None, at=NOW)
    merging.undo(first.pk, by=None, at=NOW)

    assert everything() == before
    with pytest.raises(merging.MergeRefused, match="already"):
        merging.undo(first.pk, by=None, at=NOW)


def test_duplicates_are_proposed_once_with_their_surest_reason():
    one = CustomerFactory(email="a@example.test", phone="+44 20 7946 0000")
    other = CustomerFactory(email="A@example.test ", phone="442079460000")
    named = [
        CustomerFactory(first_name="Ana", last_name="Li", postal_code=code)
        for code in ("E1 6AN", "e16an", "N1")
    ]
    for _ in range(duplicates.LARGEST_GROUP + 1):
        CustomerFactory(phone="0800 111 2222")

    assert duplicates.propose_duplicates() == 2
    assert duplicates.propose_duplicates() == 0

    found = DuplicateProposal.objects.order_by("pk").values_list("first", "second", "reason")
    assert list(found) == [
        (one.pk, other.pk, "the same e-mail address"),
        (named[0].pk, named[1].pk, "the same name and postal code"),
    ]


def test_what_was_kept_apart_is_not_proposed_again():
    CustomerFactory(email="a@example.test")
    CustomerFactory(email="a@example.test")
    duplicates.propose_duplicates()

    duplicates.keep_apart(DuplicateProposal.objects.get())

    assert duplicates.propose_duplicates() == 0
    assert not DuplicateProposal.objects.filter(state="open").exists()
