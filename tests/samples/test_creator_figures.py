"""What came of creators and products, on hand-made orders."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commerce.models import OrderPolicy
from samples.creators import figures, profiles
from samples.creators.credit import credit_orders
from samples.creators.products import ProductResult, product_results
from samples.models import CreditedOrder, Post
from tenants import jobs
from tests.commerce.factories import OrderFactory, OrderLineFactory, RefundFactory
from tests.samples.creator_facts import (
    NOW,
    TODAY,
    make_code,
    make_creator,
    make_post,
    make_sample,
)
from tests.samples.stores import order, take

pytestmark = pytest.mark.usefixtures("tenant")


def sale(total, *, on=date(2026, 6, 5), **values):
    at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    return OrderFactory(total=Decimal(total), placed_at=at, **values)


def shown(creator) -> dict:
    creator.refresh_from_db()
    return {name: getattr(creator, name) for name in figures.NAMES}


NOTHING = {
    "samples_count": 0,
    "uncosted_count": 0,
    "posts_count": 0,
    "reach": 0,
    "orders_count": 0,
    "revenue": Decimal(0),
    "cost": Decimal(0),
    "figures_on": TODAY,
}


def test_figures_of_a_creator_are_what_a_hand_would_count():
    mia, ben = make_creator(), make_creator("Ben Roth")
    make_code(mia, starts_on=date(2026, 6, 1), ends_on=date(2026, 6, 20))
    make_code(mia, "ref:mia", kind="referral")
    refunded = sale(100, discount_codes=["mia10"])
    RefundFactory(order=refunded, amount=Decimal(30))
    sale(50, discount_codes=["MIA10", "OTHER"], tags=["REF:MIA"])  # once, though both say so
    sale(9, discount_codes=["MIA10"], on=date(2026, 5, 31))  # before the code counts
    sale(9, discount_codes=["MIA10"], on=date(2026, 6, 21))  # after
    sale(9, discount_codes=["MIA10"], counts_until=date(2026, 6, 6))  # cancelled
    sale(9, discount_codes=["MIA100"])
    make_sample(mia, cost="12.50", discount_codes=["MIA10"])  # a sample is no sale
    make_sample(mia)
    make_sample(mia, state="cancelled", cost="99")
    make_post(mia, reach=1_000, fee=Decimal(20))
    make_post(mia)

    credit_orders()
    figures.refresh(None, on=TODAY)

    assert shown(mia) == {
        "samples_count": 2,
        "uncosted_count": 1,
        "posts_count": 2,
        "reach": 1_000,
        "orders_count": 2,
        "revenue": Decimal(120),
        "cost": Decimal("32.50"),
        "figures_on": TODAY,
    }
    assert figures.per_post(mia) == Decimal("16.25")
    assert shown(ben) == NOTHING
    assert figures.per_post(ben) is None


def test_the_order_policy_decides_which_orders_count():
    mia = make_creator()
    make_code(mia)
    sale(70, discount_codes=["MIA10"], excluded_as="by_hand")
    credit_orders()

    figures.refresh([mia.pk], on=TODAY)
    left_out = shown(mia)["revenue"]
    OrderPolicy.objects.create(pk=1, excluded_reasons=["test"])
    figures.refresh([mia.pk], on=TODAY)

    assert left_out == Decimal(0)
    assert shown(mia)["revenue"] == Decimal(70)


def test_figures_of_many_creators_take_one_statement():
    for number in range(12):
        make_code(make_creator(f"Creator {number}"), f"CODE{number}")

    with CaptureQueriesContext(connection) as asked:
        written = figures.refresh(None, on=TODAY)

    assert written == 12
    assert sum("samples_creator" in query["sql"] for query in asked) == 1


def test_orders_are_credited_as_they_come_in_and_as_they_change():
    mia = make_creator()
    code = make_code(mia, "Mia10", is_counted=True)

    take(order("o1", discount_codes=["MIA10"]), order("o2", discount_codes=["x"]), order("o3"))
    first = list(CreditedOrder.objects.values_list("code", "order__external_id"))
    take(
        order("o1", discount_codes=[], source_at=NOW),
        order("o2", discount_codes=["mia10"], source_at=NOW),
    )

    assert first == [(code.pk, "o1")]
    assert list(CreditedOrder.objects.values_list("order__external_id", flat=True)) == ["o2"]


def test_a_new_code_is_looked_for_in_all_orders_once():
    mia = make_creator()
    old = sale(10, discount_codes=["mia10"])
    code = profiles.add_code(mia, kind="discount", code=" MIA10 ", by=None)

    found, again = credit_orders(), credit_orders()

    code.refresh_from_db()
    assert (found, again) == (1, 0)
    assert code.is_counted
    assert CreditedOrder.objects.get().order_id == old.pk


def test_counting_from_scratch_takes_back_what_no_order_says():
    code = make_code(make_creator())
    kept, wrong = sale(10, discount_codes=["MIA10"]), sale(10)
    CreditedOrder.objects.create(code=code, order=wrong)

    credit_orders(from_scratch=True)

    assert [row.order_id for row in CreditedOrder.objects.all()] == [kept.pk]


def test_a_code_belongs_to_one_creator():
    make_code(make_creator())

    with pytest.raises(profiles.CreatorRefused, match="is a creator's code already"):
        profiles.add_code(make_creator("Ben"), kind="discount", code="mia10", by=None)


def test_results_by_product():
    mia = make_creator()
    make_code(mia)
    tea_and_oil = make_sample(mia, products=("Tea", "Oil"))
    make_sample(mia, on=date(2026, 6, 3), products=("Tea",))
    make_sample(products=("Oil",), on=date(2025, 1, 1))  # too long ago
    make_sample(mia, products=("Tea",), state="cancelled")
    make_post(mia, order=tea_and_oil.order, reach=500)
    with_tea = sale(40, discount_codes=["MIA10"])
    OrderLineFactory(order=with_tea, product="Tea")
    RefundFactory(order=with_tea, amount=Decimal(10))
    sale(20, discount_codes=["MIA10"], on=date(2026, 6, 29))  # later than ten days after
    sale(20, discount_codes=["MIA10"], on=date(2026, 5, 31))  # before any sample
    credit_orders()

    results = product_results(on=TODAY, days_back=365, result_days=10)

    assert results == [
        ProductResult("Tea", 2, Decimal(2), Decimal(6), 1, 500, 1, 1, Decimal(30)),
        ProductResult("Oil", 1, Decimal(1), Decimal(3), 1, 500, 1, 0, Decimal(30)),
    ]


def test_deleting_a_creator_leaves_their_samples_to_nobody():
    mia = make_creator()
    sample = make_sample(mia)
    make_post(mia)

    profiles.remove(mia, by=None)

    sample.refresh_from_db()
    assert sample.creator_id is None
    assert not Post.objects.exists()


def test_the_hourly_work_credits_counts_and_suggests():
    mia = make_creator(email="mia@shop.test")
    make_code(mia)
    sale(25, discount_codes=["mia10"])
    make_sample(email_key="mia@shop.test")

    hourly = jobs.run_now("creators")
    daily = jobs.run_now("samples_daily")

    mia.refresh_from_db()
    assert hourly.counts == {"credited": 1, "suggested": 1}
    assert daily.counts == {
        "credited": 0,
        "suggested": 0,
        "pending": 0,
        "not_posted": 0,
        "right_ends": 0,
        "mails": 0,
    }
    assert (mia.orders_count, mia.revenue) == (1, Decimal(25))
