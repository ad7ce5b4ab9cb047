"""Another order policy, currency or zone: told before, recounted after."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings

from commerce import policy as service
from commerce.models import Customer, CustomerMetrics, Event, Order, OrderPolicy, StoreDay
from commerce.policy_effect import compare
from commerce.rebuild import rebuild
from commerce.rollups import recount_days, refresh_all
from commerce.terms import Terms, current_terms
from tenants import impacts
from tests.commerce.factories import (
    EventFactory,
    OrderFactory,
    RefundFactory,
    bring_up_to_date,
)
from tests.commerce.histories import TODAY, histories, policies, write

pytestmark = pytest.mark.usefixtures("tenant")
DAY = date(2026, 6, 2)


def totals():
    rows = StoreDay.objects.filter(day__lte=TODAY).values_list("orders_count", "spent", "refunded")
    return sum(row[0] for row in rows), sum((row[1] - row[2] for row in rows), Decimal(0))


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(history=histories, wish=policies)
def test_the_preview_tells_what_the_rebuild_does(history, wish):
    with transaction.atomic(), connection.cursor() as cursor:
        write(history)
        bring_up_to_date(on=TODAY)
        recount_days(cursor, standing=TODAY)
        before, metrics = totals(), dict(CustomerMetrics.objects.values_list("pk", "spent"))
        now = current_terms()

        told = compare(cursor, now=now, then=Terms(wish, now.currency, now.timezone), on=TODAY)
        columns = ("spend", "excluded_reasons", "cancelled_count", "fully_refunded_count")
        rebuild(on=TODAY, policy={name: getattr(wish, name) for name in columns})

        assert (told.orders_before, told.revenue_before) == before
        assert (told.orders_after, told.revenue_after) == totals()
        moved = {
            pk
            for pk, spent in CustomerMetrics.objects.values_list("pk", "spent")
            if spent != metrics[pk]
        }
        assert told.customers_changed >= len(moved)
        assert refresh_all(cursor, on=TODAY) == 0
        transaction.set_rollback(True)


def test_what_counts_as_spend_can_hold_tax_and_shipping():
    order = OrderFactory(
        items_total=80, discount_total=10, tax_total=14, shipping_total=6, total=90
    )
    RefundFactory(order=order, amount=45)
    bring_up_to_date(on=DAY)
    spent = [CustomerMetrics.objects.get().spent]

    for choice in ("items_tax", "items_tax_shipping"):
        rebuild(on=DAY, policy={"spend": choice})
        spent.append(CustomerMetrics.objects.get().spent)

    # Half of what was paid came back, so half of what counts as spend did.
    assert spent == [Decimal(35), Decimal(42), Decimal(45)]


def test_a_preview_writes_nothing():
    OrderFactory(is_test=True)
    bring_up_to_date(on=DAY)

    effect = service.preview(OrderPolicy(excluded_reasons=[]), on=DAY)

    assert (effect.orders_before, effect.orders_after, effect.customers_changed) == (0, 1, 1)
    assert effect.revenue_after == Decimal(100)
    assert not OrderPolicy.objects.exists()
    assert CustomerMetrics.objects.get().orders_count == 0


def test_an_unknown_reason_is_refused():
    with pytest.raises(service.PolicyRefused):
        service.apply(OrderPolicy(excluded_reasons=["full_moon"]), actor=None)


def test_another_zone_moves_orders_and_events_to_their_local_day(tenant):
    late = datetime(2026, 6, 1, 22, 30, tzinfo=UTC)  # half past eleven in London
    order = OrderFactory(placed_at=late)
    event = EventFactory(customer=order.customer, occurred_at=late)
    bring_up_to_date(on=DAY)
    change = impacts.Change(("Europe/London", "Europe/Berlin"), ("GBP", "GBP"))

    told = service.IMPACT.preview(change)
    tenant.timezone = "Europe/Berlin"
    connection.set_tenant(tenant)
    rebuild(on=DAY, zone_changed=True)

    assert told == "1 orders move to another day."
    assert Order.objects.values_list("placed_on", "placed_hour").get(pk=order.pk) == (DAY, 0)
    assert Event.objects.values_list("occurred_on", "occurred_hour").get(pk=event.pk) == (DAY, 0)
    assert CustomerMetrics.objects.get().last_order_on == DAY


def test_another_currency_leaves_the_old_orders_out(tenant):
    OrderFactory()
    bring_up_to_date(on=DAY)

    tenant.currency = "EUR"
    connection.set_tenant(tenant)
    rebuild(on=DAY)

    assert CustomerMetrics.objects.values_list("orders_count", "spent").get() == (0, 0)
    assert Order.objects.get().excluded_as == "currency"


def test_no_other_merchants_order_is_touched(tenant, other_tenant):
    connection.set_tenant(other_tenant)
    OrderFactory(is_test=True)
    bring_up_to_date(on=DAY)
    connection.set_tenant(tenant)

    rebuild(on=DAY, policy={"excluded_reasons": []})

    connection.set_tenant(other_tenant)
    assert CustomerMetrics.objects.get().orders_count == 0
    assert Customer.objects.count() == 1
