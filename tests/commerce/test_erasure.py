"""Erasing customers: nothing that names them stays, what was counted stays counted."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection
from psycopg import sql

from commerce import merging
from commerce.erasure import prints
from commerce.erasure.erase import erase
from commerce.figures import store_totals
from commerce.ingest import EventRecord, Ingest, OrderRecord, PersonRecord, ingest
from commerce.models import (
    AttributeDefinition,
    Customer,
    CustomerIdentity,
    ErasedPrint,
    Event,
    Order,
    Spelling,
)
from commerce.rollups import recount_days
from segments.manual import add_members, create_manual
from segments.models import Membership, MembershipChange
from tenants.access.models import Effect
from tests.commerce.factories import NOON, CustomerFactory

TODAY = NOON.date()
LATER = NOON + timedelta(days=40)
SHOP = Ingest(source="shopify:acme", today=TODAY)
# What the test's customer is known by, in every table.
NAMES = ("zelda", "quince", "5550142", "900142", "zquince_makes")
ZELDA = PersonRecord(
    external_id="900142",
    source_at=NOON,
    first_name="Zelda",
    last_name="Quince",
    email="Zelda.Quince@Example.test",
    phone="+1 555 0142",
    birthday=TODAY,
    tags=["vip"],
    attributes={"handle": "zquince_makes"},
)
ORDER = OrderRecord(
    external_id="O1",
    placed_at=NOON,
    source_at=NOON,
    person="900142",
    email="zelda.quince@example.test",
    total=Decimal(80),
    items_total=Decimal(80),
)
VISIT = EventRecord(
    external_id="E1",
    name="review",
    occurred_at=NOON,
    person="900142",
    properties={"title": "zquince_makes dinner"},
)


@pytest.fixture
def zelda(tenant) -> Customer:
    """Somebody with a profile, an order, an event, a membership, an effect and kept words."""
    AttributeDefinition.objects.create(key="handle", label="Handle", kind="text")
    other = PersonRecord(external_id="7", source_at=NOON, attributes={"handle": "stays"})
    ingest([ZELDA, ORDER, VISIT, other], how=SHOP)
    customer = Customer.objects.get(email_key="zelda.quince@example.test")
    segment = create_manual(name="Dinner guests", by=None)
    add_members(segment, [customer.pk], by=None, at=NOON)
    Effect.objects.create(consumer="trigger:1", change="membership:1", customer=customer.pk)
    return customer


def everything() -> str:
    """Return every row of every table of the merchant as text."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = %s", [connection.schema_name]
        )
        for (name,) in cursor.fetchall():
            cursor.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(name)))
            found += [row for (row,) in cursor.fetchall()]
    return "\n".join(found).casefold()


def test_nothing_that_names_them_is_left_in_any_table(zelda):
    assert all(name in everything() for name in NAMES)  # else the search finds nothing by itself

    counts = erase([zelda.pk], by=None, at=LATER)

    left = [name for name in NAMES if name in everything()]
    assert left == []
    assert counts["orders"] == counts["events"] == counts["ids"] == counts["effects"] == 1
    zelda.refresh_from_db()
    assert (zelda.erased_at, zelda.email, zelda.attributes, zelda.tags) == (LATER, "", {}, [])


def test_no_row_of_any_model_points_to_them_but_their_own_numbers(zelda):
    erase([zelda.pk], by=None, at=LATER)

    allowed = {"CustomerMetrics", "CustomerHabits", "CustomerActivity"}  # of an empty row: zeros
    pointing = [
        model.__name__
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model is Customer and model is not Customer
        if model._default_manager.filter(**{field.attname: zelda.pk}).exists()
    ]
    assert set(pointing) <= allowed


def test_the_words_of_others_stay(zelda):
    erase([zelda.pk], by=None, at=LATER)

    words = Spelling.objects.filter(column="attr.handle").values_list("value", flat=True)
    assert list(words) == ["stays"]


def test_revenue_and_past_sizes_do_not_change(zelda):
    with connection.cursor() as cursor:
        recount_days(cursor, standing=TODAY)
    before = store_totals().revenue

    erase([zelda.pk], by=None, at=LATER)

    with connection.cursor() as cursor:
        recount_days(cursor, standing=LATER.date())
    assert store_totals().revenue == before == Decimal(80)
    order = Order.objects.get()
    assert (order.customer_id, order.email_key, order.total) == (None, "", Decimal(80))
    ledger = MembershipChange.objects.order_by("pk").values_list("customer", "entered", "cause")
    assert list(ledger) == [(None, True, "manual"), (None, False, "erasure")]
    assert not Membership.objects.exists()


def test_a_sync_does_not_bring_them_back(zelda):
    erase([zelda.pk], by=None, at=LATER)
    again = OrderRecord(external_id="O2", placed_at=NOON, source_at=LATER, person="900142")

    done = ingest([ZELDA, ORDER, again, VISIT], how=SHOP)

    assert (done.customers_new, done.orders_new, done.events_new) == (0, 1, 0)
    assert "zelda" not in everything()
    assert Customer.objects.filter(erased_at=None).count() == 1
    assert list(Order.objects.order_by("external_id").values_list("customer", "email_key")) == [
        (None, ""),
        (None, ""),
    ]
    assert not Event.objects.exists()


def test_a_file_with_their_address_does_not_bring_them_back(zelda):
    erase([zelda.pk], by=None, at=LATER)
    row = OrderRecord(
        external_id="C1", placed_at=NOON, source_at=LATER, email=" ZELDA.quince@example.TEST"
    )
    stranger = OrderRecord(
        external_id="C2", placed_at=NOON, source_at=LATER, email="somebody@example.test"
    )

    done = ingest(
        [row, stranger], how=Ingest(source="csv", today=TODAY, emails_make_customers=True)
    )

    assert (done.customers_new, done.orders_new) == (1, 2)
    assert "zelda" not in everything()


def test_whoever_is_let_in_again_is_a_new_customer(zelda):
    erase([zelda.pk], by=None, at=LATER)

    assert prints.let_in("zelda.quince@EXAMPLE.test")

    assert not prints.let_in("zelda.quince@example.test")
    back = PersonRecord(external_id="900777", source_at=LATER, email="zelda.quince@example.test")
    ingest([back], how=SHOP)
    made = Customer.objects.get(email_key="zelda.quince@example.test")
    assert made.pk != zelda.pk
    assert not made.orders.exists()


def test_an_address_that_somebody_who_stays_has_too_turns_nobody_away(zelda):
    partner = CustomerFactory(email="zelda.quince@example.test")

    erase([zelda.pk], by=None, at=LATER)

    order = OrderRecord(external_id="C1", placed_at=NOON, source_at=LATER, email=partner.email)
    ingest([order], how=Ingest(source="csv", today=TODAY, emails_make_customers=True))
    assert Order.objects.get(source="csv").customer_id == partner.pk


def test_whom_they_were_merged_with_is_erased_too(zelda):
    double = CustomerFactory(email="z.quince@example.test", first_name="Zelda")
    merging.merge(survivor=double.pk, absorbed=zelda.pk, by=None, at=NOON)

    erase([double.pk], by=None, at=LATER)

    assert [name for name in NAMES if name in everything()] == []
    assert Customer.objects.filter(erased_at=LATER).count() == 2


def test_prints_say_nothing_without_the_key_and_differ_between_merchants(tenant, other_tenant):
    connection.set_tenant(tenant)
    acme = prints.email_print("zelda.quince@example.test")
    connection.set_tenant(other_tenant)
    theirs = prints.email_print("zelda.quince@example.test")

    assert len({acme, theirs}) == 2
    assert {len(acme), len(theirs)} == {64}


def test_erasing_again_finds_only_what_came_since(zelda):
    erase([zelda.pk], by=None, at=LATER)
    known = ErasedPrint.objects.count()
    MembershipChange.objects.create(
        segment_id=1, customer=zelda, entered=False, cause="data", at=LATER
    )

    assert erase([zelda.pk], by=None, at=LATER) == {"segments": 1}

    assert ErasedPrint.objects.count() == known == 2
    assert not MembershipChange.objects.filter(customer=zelda).exists()
    assert not CustomerIdentity.objects.filter(customer=zelda).exists()
