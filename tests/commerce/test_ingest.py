"""Neutral records: taken once, newer never overwritten by older, everybody found."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django_tenants.utils import tenant_context

from commerce import stale
from commerce.ingest import (
    EventRecord,
    Ingest,
    LineRecord,
    OrderRecord,
    PersonRecord,
    RefundRecord,
    ingest,
)
from commerce.models import (
    Customer,
    CustomerIdentity,
    CustomerMetrics,
    DataSource,
    Event,
    Order,
    OrderLine,
    PopulationPolicy,
    Refund,
    StaleCustomer,
)

TODAY = date(2026, 6, 30)
OLD, NEW = datetime(2026, 6, 1, 12, tzinfo=UTC), datetime(2026, 6, 2, 12, tzinfo=UTC)


def person(**values) -> PersonRecord:
    return PersonRecord(**{"external_id": "p1", "source_at": OLD} | values)


def order(**values) -> OrderRecord:
    told = {"external_id": "o1", "placed_at": OLD, "source_at": OLD, "items_total": Decimal(10)}
    return OrderRecord(**told | values)


def line(key: str, price: int = 5) -> LineRecord:
    return LineRecord(key=key, quantity=Decimal(2), price=Decimal(price), product="Blue Mug")


def take(*records, **how) -> object:
    return ingest(records, how=Ingest(**{"source": "shop", "today": TODAY} | how))


@pytest.mark.usefixtures("tenant")
class TestNewerAndOlder:
    def test_an_older_record_changes_nothing(self):
        take(person(city="Rome", source_at=NEW), order(number="#2", source_at=NEW))

        take(person(city="Oslo"), order(number="#1"))

        assert Customer.objects.get().city == "Rome"
        assert Order.objects.get().number == "#2"

    def test_a_newer_record_changes_what_it_tells_and_keeps_the_rest(self):
        take(person(city="Rome", country="IT"))

        take(person(city="Oslo", source_at=NEW))

        customer = Customer.objects.get()
        assert (customer.city, customer.city_key, customer.country) == ("Oslo", "oslo", "IT")
        assert customer.source_at == NEW

    def test_what_staff_set_gives_way_only_to_something_newer(self):
        take(person(is_vip=False, loyalty_tier="Silver"))
        Customer.objects.update(
            is_vip=True, staff_set_at={"is_vip": (NEW + timedelta(hours=1)).isoformat()}
        )

        take(person(is_vip=False, loyalty_tier="Gold", source_at=NEW))
        kept = Customer.objects.get()
        take(person(is_vip=False, source_at=NEW + timedelta(hours=2)))

        assert (kept.is_vip, kept.loyalty_tier) == (True, "Gold")
        assert Customer.objects.get().is_vip is False

    def test_an_attribute_staff_set_gives_way_alone(self):
        take(person(attributes={"diet": "vegan", "size": 4}))
        later = (NEW + timedelta(hours=1)).isoformat()
        Customer.objects.update(
            attributes={"diet": "none", "size": 4}, staff_set_at={"attributes.diet": later}
        )

        take(person(attributes={"diet": "vegan", "size": 5}, source_at=NEW))

        assert Customer.objects.get().attributes == {"diet": "none", "size": 5}

    def test_a_record_taken_twice_is_taken_once(self):
        records = [
            person(),
            order(person="p1", lines=[line("a"), line("b")]),
            RefundRecord(external_id="r1", order="o1", amount=Decimal(3), refunded_at=NEW),
            EventRecord(external_id="e1", name="opened", occurred_at=OLD, person="p1"),
        ]

        first, second = take(*records), take(*records)

        assert (first.orders_new, first.lines_new, first.refunds_new) == (1, 2, 1)
        assert (second.customers_new, second.orders_new, second.lines_new) == (0, 0, 0)
        assert (second.refunds_new, second.events_new, second.customers_changed) == (0, 0, 0)
        for model, count in ((Order, 1), (OrderLine, 2), (Refund, 1), (Event, 1)):
            assert model.objects.count() == count


@pytest.mark.usefixtures("tenant")
class TestWhoItIs:
    def test_an_unknown_id_with_an_email_that_one_customer_has_is_that_customer(self):
        take(person(email="Ann@example.test"))

        take(person(external_id="x9", email="ann@EXAMPLE.test"), source="other")

        assert Customer.objects.count() == 1
        assert set(CustomerIdentity.objects.values_list("source", "external_id")) == {
            ("shop", "p1"),
            ("other", "x9"),
        }

    def test_a_source_with_people_of_its_own_makes_a_customer(self):
        take(person(email="ann@example.test"))

        take(person(external_id="x9", email="ann@example.test"), source="b2b", shares_people=False)

        assert Customer.objects.count() == 2

    def test_two_ids_of_one_source_are_two_people_whatever_their_email(self):
        take(person(email="us@example.test"))

        take(person(external_id="p2", email="us@example.test"))

        assert Customer.objects.count() == 2

    def test_an_email_that_two_customers_have_decides_nothing(self):
        take(person(email="us@example.test"), person(external_id="p2", email="us@example.test"))

        take(person(external_id="x9", email="us@example.test"), source="other")

        assert Customer.objects.count() == 3

    def test_a_guest_order_joins_the_customer_with_its_email(self):
        take(person(email="ann@example.test"))

        take(order(email="Ann@example.test"))

        assert Order.objects.get().customer == Customer.objects.get()

    def test_a_guest_order_joins_once_its_customer_appears(self):
        take(order(email="ann@example.test"))
        guest = Order.objects.get()

        take(person(email="ann@example.test"))

        assert (guest.customer, guest.email_key) == (None, "ann@example.test")
        assert Order.objects.get().customer == Customer.objects.get()
        assert CustomerMetrics.objects.get().orders_count == 1

    def test_orders_of_an_id_stay_with_it(self):
        take(person(email="ann@example.test"), person(external_id="p2", email="bob@example.test"))

        take(order(person="p2", email="ann@example.test"))

        assert Order.objects.get().customer.email == "bob@example.test"

    def test_an_id_known_only_from_an_order_makes_a_customer(self):
        take(order(person="p7"))

        assert CustomerIdentity.objects.get().external_id == "p7"
        assert CustomerMetrics.objects.get().spent == 10

    def test_whom_the_policy_leaves_out_is_left_out_at_once(self):
        PopulationPolicy.objects.create(pk=1, staff_domains=["acme.test"])

        take(person(email="me@acme.test"))

        assert Customer.objects.get().left_out_as == "staff"
        assert CustomerMetrics.objects.get().in_base is False


@pytest.mark.usefixtures("tenant")
class TestOrders:
    def test_lines_that_a_newer_order_no_longer_has_are_gone(self):
        take(order(lines=[line("a"), line("b")]), lines_complete=True)

        take(order(lines=[line("b", 6), line("c")], source_at=NEW), lines_complete=True)

        assert dict(OrderLine.objects.values_list("line_key", "line_total")) == {
            "b": Decimal(12),
            "c": Decimal(10),
        }

    def test_a_cancelled_order_counts_until_its_day(self):
        take(order(person="p1"))

        take(order(person="p1", cancelled_at=NEW, source_at=NEW))

        assert Order.objects.get().counts_until == date(2026, 6, 2)
        assert OrderLine.objects.count() == 0
        assert CustomerMetrics.objects.get().orders_count == 0

    def test_a_full_refund_ends_an_order_on_its_own_day(self):
        take(order(person="p1", lines=[line("a")]))

        take(RefundRecord(external_id="r1", order="o1", amount=Decimal(10), refunded_at=NEW))

        assert Order.objects.get().counts_until == date(2026, 6, 2)
        assert OrderLine.objects.get().counts_until == date(2026, 6, 2)

    def test_days_and_hours_are_the_merchants(self):
        take(order(placed_at=datetime(2026, 6, 1, 23, 30, tzinfo=UTC)))

        placed = Order.objects.get()
        assert (placed.placed_on, placed.placed_hour) == (date(2026, 6, 2), 0)

    def test_a_test_order_is_inserted_as_one(self):
        take(order(person="p1", is_test=True, lines=[line("a")]))

        assert Order.objects.get().excluded_as == "test"
        assert OrderLine.objects.get().may_count is False
        assert CustomerMetrics.objects.get().orders_count == 0

    def test_text_the_database_cannot_hold_is_mended_and_long_text_cut(self):
        take(order(number="#1\0", store="s" * 300), person(first_name="A\ud800nn"))

        assert (Order.objects.get().number, len(Order.objects.get().store)) == ("#1", 100)
        assert Customer.objects.get().first_name == "A?nn"


@pytest.mark.usefixtures("tenant")
def test_consumers_are_told_who_changed_and_why(monkeypatch):
    monkeypatch.setattr(stale, "CONSUMERS", type(stale.CONSUMERS)("stale consumer"))
    stale.CONSUMERS.register(stale.Consumer("watcher", "Watcher"))

    take(
        order(person="p1"),
        EventRecord(external_id="e1", name="opened", occurred_at=OLD, person="p1"),
        cause="import",
    )

    customer = Customer.objects.get()
    assert set(StaleCustomer.objects.values_list("consumer", "customer_id", "facts", "cause")) == {
        ("watcher", customer.pk, "profile", "import"),
        ("watcher", customer.pk, "orders", "import"),
        ("watcher", customer.pk, "event:opened", "import"),
        ("watcher", customer.pk, "activity", "import"),
    }


@pytest.mark.usefixtures("tenant")
def test_a_batch_lands_whole_or_not_at_all(monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("the machine stops here")

    monkeypatch.setattr("commerce.rollups.refresh", broken)

    with pytest.raises(RuntimeError):
        take(person(), order(person="p1"))

    assert not Customer.objects.exists()
    assert not Order.objects.exists()
    assert not DataSource.objects.exists()


def test_the_stranger_sees_nothing_of_it(tenant, other_tenant):
    with tenant_context(tenant):
        take(person(), order(person="p1"))
    with tenant_context(other_tenant):
        assert not Order.objects.exists()
        assert not Customer.objects.exists()
