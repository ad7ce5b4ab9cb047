"""What explain says of one customer: values, distances, what is unknown, and what time will do."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commerce.models import AttributeDefinition, Customer, EventName
from commerce.rollups.past import metrics_on
from segments.audience import StoreScope, audience, clock_at
from segments.catalogue import StoreCatalogue
from segments.definitions import save_segment
from segments.explain import explain
from segments.models import Membership, MembershipChange, RfmScore, Segment
from segments.refreshing import refresh_segment
from segments.rules.parse import parse
from tests.commerce.factories import (
    CustomerFactory,
    EventFactory,
    OrderFactory,
    OrderLineFactory,
    RefundFactory,
    bring_up_to_date,
)

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
TODAY = NOON.date()
RECENT = {"field": "last_order_date", "operator": "in_last", "value": "30_days"}


def ago(days):
    return NOON - timedelta(days=days)


@pytest.fixture
def ada(tenant):
    """Bought for 88 ten days ago and for 100 forty days ago; born on 29 February."""
    AttributeDefinition.objects.create(key="renewal", label="Renewal", kind="date")
    customer = CustomerFactory(
        first_name="Ada",
        city="York",
        city_key="york",
        country="GB",
        tags=["Likes Tea", "PRESS"],
        tag_keys=["likes tea", "press"],
        birthday=date(1996, 2, 29),
        customer_since=ago(50),
        attributes={"renewal": "2026-07-15"},
    )
    for days, total in ((10, 88), (40, 100)):
        order = OrderFactory(customer=customer, placed_at=ago(days), total=Decimal(total))
        OrderLineFactory(order=order, category="Wine", category_key="wine")
    bring_up_to_date(on=TODAY)
    return customer


def told(rules, customer, **options):
    return explain(rules=rules, customer_id=customer.pk, as_of=NOON, **options)


def leaf_of(rules, customer):
    return told(rules, customer).root.members[0]


def leaf(field, operator, value=None):
    return {"field": field, "operator": operator, "value": value}


WORDS = [
    (leaf("total_spent", "gte", 200), "£188.00", "£12.00 short"),
    (leaf("total_spent", "gte", 100), "£188.00", "£88.00 above"),
    (leaf("total_spent", "lte", 100), "£188.00", "£88.00 above"),
    (leaf("total_spent", "between", [200, 300]), "£188.00", "£12.00 short"),
    (leaf("total_orders", "gte", 5), "2", "3 more orders needed"),
    (leaf("total_orders", "gt", 2), "2", "1 more order needed"),
    (leaf("total_orders", "eq", 2), "2", ""),
    (leaf("days_since_last_order", "gte", 30), "10", "20 more days needed"),
    (leaf("days_since_last_order", "lte", 5), "10", "5 days above"),
    (leaf("last_order_date", "in_last", "7_days"), "22 May 2026 (10 days ago)", "3 days too early"),
    (
        leaf("last_order_date", "more_than_ago", "30_days"),
        "22 May 2026 (10 days ago)",
        "21 days too late",
    ),
    (leaf("first_order_date", "lt", "2026-04-01"), "22 Apr 2026 (40 days ago)", "22 days too late"),
    (leaf("city", "eq", "Leeds"), "“York”", ""),
    (leaf("country", "eq", "US"), "“GB”", ""),
    (leaf("tags", "has_any", ["vip"]), "“Likes Tea” and “PRESS”", ""),
    (leaf("favorite_category", "eq", "tea"), "“Wine”", ""),
    (leaf("categories_bought", "has_any", ["tea"]), "“Wine”", ""),
    (leaf("birthday", "anniversary_month_is", "march"), "29 February", ""),
    (leaf("is_vip", "is_true"), "no", ""),
    (leaf("weekend_share", "gte", 80), "0 %", "80 points short"),
    (leaf("average_order_value", "gte", 100), "£94.00", "£6.00 short"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "seen", "gap"), WORDS, ids=lambda value: str(value)[:60])
def test_a_leaf_says_what_it_saw_and_how_far_it_is(ada, rule, seen, gap):
    found = leaf_of(rule, ada)

    assert (found.seen, found.gap) == (seen, gap)


BEHAVIOURS = [
    ({"measure": "count", "operator": "gte", "value": 3}, "2 orders", "1 more order needed"),
    ({"measure": "sum:total", "operator": "gte", "value": 300}, "£188.00", "£112.00 short"),
    (
        {"measure": "days_since_last", "operator": "gte", "value": 30},
        "10 days",
        "20 more days needed",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "seen", "gap"), BEHAVIOURS, ids=lambda value: str(value)[:40])
def test_a_behaviour_says_what_was_measured(ada, asked, seen, gap):
    found = leaf_of({"did": "order"} | asked, ada)

    assert (found.seen, found.gap) == (seen, gap)


def test_a_missing_value_is_named(ada):
    found = leaf_of(leaf("loyalty_points", "gte", 10), ada)

    assert (found.holds, found.seen, found.is_unknown, found.gap) == (False, "not known", True, "")


def test_nobody_ever_bought_is_said_as_such(tenant):
    nobody = CustomerFactory()
    bring_up_to_date(on=TODAY)

    found = leaf_of(RECENT, nobody)

    assert found.seen == "nothing yet: no order that counts"


ENTERS = "Enters on {} if nothing else changes."
STAYS = "Time alone does not change this."
DAYS = [
    (RECENT, "2026-06-22", "Leaves on 22 Jun 2026 unless they order."),
    (leaf("last_order_date", "lt", "30_days_ago"), "2026-06-22", ENTERS.format("22 Jun 2026")),
    (leaf("last_order_date", "more_than_ago", "30_days"), "2026-06-22", None),
    (leaf("last_order_date", "in_last", "1_month"), "2026-06-23", None),
    (leaf("orders_30d", "gte", 1), "2026-06-22", None),
    (leaf("orders_90d", "eq", 1), "2026-07-22", None),
    (leaf("orders_90d", "eq", 0), "2026-08-21", None),
    (leaf("days_since_last_order", "gte", "29.5"), "2026-06-21", None),
    (leaf("winback_priority", "lt", 100), "2026-06-18", None),
    (leaf("age", "gte", 31), "2027-03-01", None),
    (leaf("birthday", "anniversary_today"), "2027-02-28", None),
    (leaf("birthday", "anniversary_in_next", "10_days"), "2027-02-18", None),
    (leaf("attr.renewal", "in_next", "14_days"), "2026-07-01", ENTERS.format("1 Jul 2026")),
    (leaf("days_since_signup", "between", [60, 90]), "2026-06-11", None),
    (leaf("first_order_date", "in_period", "last_month"), None, STAYS),
    (leaf("last_order_date", "in_period", "last_month"), "2026-07-01", None),
    (leaf("city", "eq", "York"), None, STAYS),
    ({"did": "order_line", "where": {"logic": "AND", "rules": [leaf("category", "eq", "Wine")]},
      "window": {"in_last": "60_days"}, "value": 2}, "2026-06-22", None),
    ({"logic": "OR", "rules": [RECENT, leaf("orders_90d", "gte", 1)]}, "2026-08-21", None),
    ({"logic": "AND", "rules": [RECENT, leaf("city", "eq", "Leeds")]}, None, None),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "day", "words"), DAYS, ids=lambda value: str(value)[:60])
def test_the_day_on_which_time_turns_the_rule(ada, rule, day, words):
    found = told(rule, ada)

    assert str(found.changes_on or "None") == str(day)
    assert words is None or found.outlook == words
    assert found.untold == ()


def test_refunds_and_cancellations_to_come_are_seen(ada):
    order = OrderFactory(customer=ada, placed_at=ago(1), cancelled_at=NOON + timedelta(days=5))
    RefundFactory(order=order, amount=Decimal(40), refunded_at=NOON + timedelta(days=2))
    bring_up_to_date(on=TODAY)

    assert told(leaf("total_orders", "gte", 3), ada).changes_on == date(2026, 6, 6)
    assert told(leaf("total_spent", "gte", 288), ada).changes_on == date(2026, 6, 3)


def test_a_window_of_hours_is_not_guessed(ada):
    EventName.objects.create(name="opened", label="Opened")
    EventFactory(customer=ada, name="opened", occurred_at=ago(0))

    found = told({"did": "opened", "window": {"in_last": "6_hours"}}, ada)

    assert found.holds
    assert (found.changes_on, found.untold) == (None, ("a window of hours moves all day long",))
    assert found.outlook == (
        "When this changes cannot be told: a window of hours moves all day long."
    )


def test_a_share_of_everybody_shows_its_limit_and_is_not_foretold(ada):
    for spent in (500, 300, 10):
        OrderFactory(customer=CustomerFactory(), placed_at=ago(3), total=Decimal(spent))
    bring_up_to_date(on=TODAY)

    found = told(leaf("total_spent", "top_percent", 25), ada)

    assert found.root.members[0].gap == "the limit is £500.00; £312.00 short"
    assert found.untold == ("it depends on what all other customers do",)


def test_what_cannot_be_told_does_not_matter_where_it_decides_nothing(ada):
    share = leaf("total_spent", "top_percent", 25)

    both = told({"logic": "AND", "rules": [RECENT, share]}, ada)
    missed = told({"logic": "AND", "rules": [leaf("city", "eq", "Leeds"), share]}, ada)

    assert (both.holds, both.at_latest, both.changes_on) == (True, True, date(2026, 6, 22))
    assert both.outlook == (
        "Leaves on 22 Jun 2026 at the latest unless they order. It may be earlier: "
        "it depends on what all other customers do."
    )
    assert (missed.changes_on, missed.untold) == (None, ())


def test_a_score_is_not_foretold(ada):
    found = told(leaf("rfm_segment", "ne", "champions"), ada)

    assert found.untold == ("scores are worked out again each night",)


def test_a_segment_in_a_segment_turns_when_its_rule_does(ada):
    inner = save_segment(name="Recent", rules=RECENT, by=None)
    refresh_segment(inner, at=NOON, cause="definition")

    inside = told(leaf("segment", "in", [inner.pk]), ada)
    outside = told(leaf("segment", "not_in", [inner.pk]), ada)

    assert (inside.holds, inside.changes_on) == (True, date(2026, 6, 22))
    assert (outside.holds, outside.changes_on) == (False, date(2026, 6, 22))
    assert inside.root.members[0].seen == "in “Recent”"


def test_a_given_list_is_explained_by_its_ledger(ada):
    segment = Segment.objects.create(kind="manual", slug="hand", name="By hand")
    Membership.objects.create(segment=segment, customer=ada, since=ago(4))
    MembershipChange.objects.create(
        segment=segment, customer=ada, entered=True, cause="manual", at=ago(4)
    )

    inside = explain(segment=segment, customer_id=ada.pk, as_of=NOON)
    week = told(leaf("segment", "entered", {"segments": ["hand"], "in_last": "7_days"}), ada)

    assert (inside.is_member, inside.since, inside.cause) == (True, ago(4), "By hand")
    assert inside.root is None
    assert (week.holds, week.changes_on) == (True, date(2026, 6, 5))
    assert week.root.members[0].seen == "last entered on 28 May 2026"


def test_an_rfm_segment_explains_itself_by_the_score(ada):
    segment = Segment.objects.create(kind="rfm", key="loyal", slug="loyal", name="Loyal")
    RfmScore.objects.create(
        customer=ada, last_order_on=TODAY, frequency=2, r=4, f=4, m=4, code=444, score=4,
        segment="loyal",
    )  # fmt: skip

    found = explain(segment=segment, customer_id=ada.pk, as_of=NOON)

    assert (found.holds, found.is_member) == (True, False)
    assert found.root.members[0].seen.startswith("Loyal")


def test_somebody_left_out_is_told_so_and_never_holds(ada):
    Customer.objects.filter(pk=ada.pk).update(left_out_as="staff")
    bring_up_to_date(on=TODAY)

    found = told(RECENT, ada)

    assert not found.holds
    assert found.held_out.startswith("Left out of all segments and figures")
    assert (found.outlook, found.changes_on) == ("", None)


def test_names_are_withheld_from_whom_may_not_see_them(ada):
    rule = leaf("first_name", "eq", "Ada")

    withheld, shown = told(rule, ada), told(rule, ada, sees_contact=True)

    assert withheld.root.members[0].seen == "hidden from your role"
    assert shown.root.members[0].seen != "hidden from your role"


def test_an_unknown_customer_does_not_exist(tenant):
    with pytest.raises(Customer.DoesNotExist):
        explain(rules=RECENT, customer_id=9_999)


ACTIVITY = [
    leaf("weekly_sessions", "gte", 2),
    leaf("weekly_active", "is_true"),
    leaf("engagement_trend", "eq", "growing"),
    leaf("engagement_trend", "eq", "declining"),
    leaf("weeks_declining", "gte", 1),
    leaf("days_since_last_active", "gt", 9),
    leaf("last_active_at", "in_last", "10_days"),
]


def test_activity_turns_on_the_day_that_walking_day_by_day_finds(tenant):
    catalogue = StoreCatalogue()
    customer = CustomerFactory(customer_since=ago(90))
    for days in (0, 1, 4, 9, 16, 24, 30):
        EventFactory(customer=customer, name="session", occurred_at=ago(days))
    bring_up_to_date(on=TODAY)
    wanted = dict.fromkeys(range(len(ACTIVITY)))
    holds = [told(rule, customer).holds for rule in ACTIVITY]

    for step in range(1, 45):
        day = TODAY + timedelta(days=step)
        scope = StoreScope(clock_at(clock_at(NOON).start_of(day)))
        with metrics_on(day):
            for place, rule in enumerate(ACTIVITY):
                then = audience(parse(rule, catalogue), catalogue, scope).exists()
                if wanted[place] is None and then is not holds[place]:
                    wanted[place] = day

    found = [told(rule, customer).changes_on for rule in ACTIVITY]
    last = TODAY + timedelta(days=44)
    assert [day if day and day <= last else None for day in found] == list(wanted.values())


def asked(queries):
    """Return how many questions were asked, without the choice of the merchant's schema."""
    return sum(not query["sql"].startswith("SET ") for query in queries)


def test_the_number_of_questions_does_not_grow_with_the_customers_past(ada):
    rule = {"logic": "AND", "rules": [RECENT, leaf("total_orders", "gte", 1)]}
    with CaptureQueriesContext(connection) as before:
        told(rule, ada)
    for days in range(60):
        OrderFactory(customer=ada, placed_at=ago(days + 20))
    bring_up_to_date(on=TODAY)

    with CaptureQueriesContext(connection) as after:
        told(rule, ada)

    assert asked(after) == asked(before) <= 11


def test_an_explanation_is_json(ada):
    found = told({"logic": "NONE", "rules": [RECENT | {"id": "a"}]}, ada).as_dict()

    assert found["holds"] is False
    assert found["changes_on"] == "2026-06-22"
    assert found["rules"]["logic"] == "NONE"
    assert found["rules"]["rules"][0]["id"] == "a"
    assert found["rules"]["rules"][0]["until"] == "holds until the end of 21 Jun 2026"
