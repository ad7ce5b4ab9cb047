"""Orders are classified as they come in, and all of them when the settings change."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Sum
from django_tenants.utils import tenant_context
from hypothesis import HealthCheck, given
from hypothesis import settings as law
from hypothesis import strategies as st

from commerce import exclusions, merging
from commerce.ingest import PersonRecord
from commerce.models import Customer, CustomerMetrics, Order, Spelling, StaleCustomer
from commerce.rebuild import rebuild
from samples import history, marking, tallies
from samples.matching import Facts, Rules, match, state_of
from samples.models import SampleDecision, SampleOrder, SampleSettings, SampleTally
from tenants import jobs
from tenants.progress import Cancelled
from tests.samples.stores import (
    LATER,
    NOON,
    NOW,
    TODAY,
    classify,
    kinds,
    line,
    order,
    reasons,
    settings,
    take,
)

pytestmark = pytest.mark.usefixtures("tenant")
WORDS = ["ugc", "UGC ", "Tiktok-Sample", "tiktok-sample", "vip", "ＵＧＣ", "strasse", "STRASSE"]
CHANNELS = ["", "TikTok Shop", "tiktok", "Online", "a_b", "axb", "My TikTok shop", "100% off"]
STATUSES = ["", "fulfilled", "Partially fulfilled", "ON_HOLD", "not required", "restocked"]
amounts = st.sampled_from([Decimal(0), Decimal(5), Decimal("0.01")])


class TestNewOrders:
    def test_a_sample_is_known_left_out_and_counted_in_no_number(self):
        take(order(person="p1", tags=["ugc"]), order("o2", person="p1"))

        metrics = CustomerMetrics.objects.get()
        assert kinds() == {"o1": "ugc"}
        assert reasons() == {"o1": "sample", "o2": ""}
        assert (metrics.orders_count, metrics.spent) == (1, Decimal(10))

    def test_a_guests_order_is_found_like_any_other(self):
        take(order(email="kim@example.test", tags=["ugc"]))

        assert SampleOrder.objects.get().customer_id is None
        assert reasons() == {"o1": "sample"}

    def test_an_adopted_guest_takes_the_sample_along(self):
        take(order(email="kim@example.test", tags=["ugc"]))

        take(PersonRecord(external_id="p1", source_at=LATER, email="kim@example.test"))

        assert SampleOrder.objects.get().customer_id == Customer.objects.get().pk

    def test_the_row_says_what_is_known_of_it(self):
        lines = [line(unit_cost=Decimal("1.25")), line("l2", unit_cost=None)]
        take(order(tags=["vip", "UGC "], lines=lines, fulfillment_status="Partial"))

        row = SampleOrder.objects.get()
        assert (row.found_by, row.found_word, row.state) == ("tag", "UGC ", "partial")
        assert (row.placed_at, row.placed_on) == (NOON, date(2026, 6, 1))
        assert (row.cost, row.fulfilled_on) == (Decimal("2.5"), None)

    def test_its_lines_count_in_no_behaviour(self):
        take(order(person="p1", tags=["ugc"], lines=[line()]))

        assert Order.objects.get().lines.get().may_count is False


class TestChangedOrders:
    def test_a_tag_taken_away_makes_it_an_order_again(self):
        take(order(person="p1", tags=["ugc"]))

        take(order(person="p1", tags=[], source_at=LATER))

        assert kinds() == {}
        assert reasons() == {"o1": ""}
        assert CustomerMetrics.objects.get().spent == 10

    def test_an_older_record_changes_nothing(self):
        take(order(tags=["ugc"], source_at=LATER))

        take(order(tags=[]))

        assert kinds() == {"o1": "ugc"}

    def test_a_price_that_is_corrected_ends_a_tiktok_sample(self):
        take(order(channel="TikTok Shop", items_total=Decimal(0)))
        assert kinds() == {"o1": "tiktok"}

        take(order(channel="TikTok Shop", total=Decimal(10), source_at=LATER))

        assert (kinds(), reasons()) == ({}, {"o1": ""})

    def test_sending_it_is_dated_by_the_source_or_by_its_word(self):
        take(order(tags=["ugc"]), order("o2", tags=["ugc"], fulfillment_status="fulfilled"))
        take(order("o3", tags=["ugc"], fulfillment_status="fulfilled", fulfilled_at=LATER))

        take(order(tags=["ugc"], fulfillment_status="fulfilled", source_at=LATER))
        days = dict(SampleOrder.objects.values_list("order__external_id", "fulfilled_on"))

        assert days == {"o1": date(2026, 6, 4), "o2": None, "o3": date(2026, 6, 4)}

    def test_a_cancelled_sample_stays_one_and_is_never_pending(self):
        take(order(tags=["ugc"]))

        take(order(tags=["ugc"], cancelled_at=LATER, source_at=LATER))

        assert SampleOrder.objects.get().state == "cancelled"


class TestAllOrders:
    def test_new_settings_find_old_orders_and_let_others_go(self):
        take(order(person="p1", tags=["ugc"]), order("o2", person="p1", tags=["gift"]))
        settings(ugc_tags=["Gift"])
        StaleCustomer.objects.all().delete()

        counts = classify()

        assert kinds() == {"o2": "ugc"}
        assert reasons() == {"o1": "", "o2": "sample"}
        assert counts == {"orders": 2, "became_samples": 1, "no_longer_samples": 1, "changed": 0}
        marks = set(StaleCustomer.objects.values_list("customer_id", "facts", "cause"))
        assert marks == {(Customer.objects.get().pk, "orders", "order_policy")}

    def test_a_second_pass_writes_nothing(self):
        take(order(person="p1", tags=["ugc"]), order("o2", tags=["tiktok-sample"], total=0))
        StaleCustomer.objects.all().delete()

        assert {**classify(), "orders": 2} == {
            "orders": 2, "became_samples": 0, "no_longer_samples": 0, "changed": 0,
        }  # fmt: skip
        assert not StaleCustomer.objects.exists()

    def test_it_mends_an_order_that_lost_its_reason(self):
        take(order(person="p1", tags=["ugc"]))
        Order.objects.update(excluded_as="")

        classify()

        assert reasons() == {"o1": "sample"}
        assert CustomerMetrics.objects.get().spent == 0

    def test_it_remembers_which_settings_it_has_brought_about(self):
        settings(revision=3)

        classify()

        row = SampleSettings.objects.get()
        assert (row.classified_revision, row.classified_at) == (3, NOW)

    def test_words_beyond_the_vocabulary_are_found_too(self):
        take(order(tags=["Gift"], channel="Fair"), order("o2", channel="Fair", items_total=0))
        Spelling.objects.all().delete()
        Spelling.objects.create(column="order.tags", key="full", value="")
        Spelling.objects.create(column="order.channel", key="full", value="")
        settings(ugc_tags=["gift"], channel_patterns=["f%r"])

        classify()

        assert kinds() == {"o1": "ugc", "o2": "tiktok"}

    def test_the_merchant_next_door_is_not_touched(self, tenant, other_tenant):
        with tenant_context(other_tenant):
            take(order(tags=["gift"]))
        with tenant_context(tenant):
            take(order(tags=["gift"]))
            settings(ugc_tags=["gift"])
            classify()
            assert kinds() == {"o1": "ugc"}

        with tenant_context(other_tenant):
            assert (kinds(), reasons()) == ({}, {"o1": ""})
            assert not SampleSettings.objects.exists()


class TestOtherDoors:
    def test_a_merge_takes_samples_along_and_undoing_it_gives_them_back(self):
        take(order(person="p1", tags=["ugc"]), order("o2", person="p2", tags=["ugc"]))
        mine, theirs = SampleOrder.objects.order_by("order__external_id")
        pair = {"survivor": mine.customer_id, "absorbed": theirs.customer_id}

        done = merging.merge(**pair, by=None, at=NOW)
        assert set(SampleOrder.objects.values_list("customer_id", flat=True)) == {mine.customer_id}
        merging.undo(done.pk, by=None, at=NOW)

        theirs.refresh_from_db()
        assert theirs.customer_id == pair["absorbed"]

    def test_another_time_zone_moves_samples_to_their_new_days(self, tenant):
        take(order(tags=["ugc"], placed_at=NOON.replace(hour=23, minute=30)))
        assert SampleOrder.objects.get().placed_on == date(2026, 6, 2)
        tenant.timezone = "UTC"

        rebuild(on=TODAY, zone_changed=True)

        assert SampleOrder.objects.get().placed_on == date(2026, 6, 1)

    def test_a_sample_that_is_voided_or_a_test_is_left_out_as_that(self, tenant):
        take(
            order(tags=["ugc"], financial_status="voided"),
            order("o2", tags=["ugc"], is_test=True),
            order("o3", tags=["ugc"], currency="USD"),
        )
        assert len(kinds()) == 3
        assert reasons() == {"o1": "voided", "o2": "test", "o3": "currency"}

        take(order(tags=["ugc"], financial_status="paid", source_at=LATER))
        tenant.currency = "USD"
        rebuild(on=TODAY)

        assert reasons() == {"o1": "currency", "o2": "test", "o3": "sample"}
        assert classify()["changed"] == 0

    def test_orders_from_before_there_were_samples_are_looked_through_once(self, tenant):
        take(order(tags=["ugc"]))

        history.classify_first(tenant)
        assert jobs.live(history.CLASSIFY) is not None
        jobs.cancel(jobs.live(history.CLASSIFY))
        classify()
        history.classify_first(tenant)

        assert jobs.live(history.CLASSIFY) is None

    def test_a_cancelled_run_leaves_everything_as_it_was(self):
        take(order(person="p1", tags=["ugc"]), order("o2", person="p1", tags=["gift"]))
        settings(ugc_tags=["gift"])

        with pytest.raises(Cancelled):
            history.classify_all(on=TODAY, at=NOW, progress=Stopping())

        assert (kinds(), reasons()) == ({"o1": "ugc"}, {"o1": "sample", "o2": ""})
        assert SampleSettings.objects.get().classified_revision is None


class Stopping:
    """Somebody who cancels when the customers are about to be counted."""

    def report(self, done, total=None, note=""):
        if note == "Counting customers":
            raise Cancelled


class TestByHand:
    def mark(self, verdict: str, **where):
        ids = list(Order.objects.filter(**where).values_list("pk", flat=True))
        return marking.mark(ids, verdict=verdict, by=None, at=NOW)

    def test_what_staff_marked_outlives_settings_and_changes_of_the_order(self):
        take(order(person="p1"), order("o2", person="p1", tags=["ugc"]))
        self.mark("tiktok", external_id="o1")
        self.mark("none", external_id="o2")
        assert (kinds(), reasons()) == ({"o1": "tiktok"}, {"o1": "sample", "o2": ""})

        settings(ugc_tags=["ugc", "other"])
        classify()
        take(order(person="p1", source_at=LATER, channel="Web"))
        take(order("o2", person="p1", tags=["ugc", "other"], source_at=LATER))

        assert (kinds(), reasons()) == ({"o1": "tiktok"}, {"o1": "sample", "o2": ""})
        assert SampleOrder.objects.get().found_by == "hand"

    def test_numbers_follow_at_once_and_somebody_did_it(self):
        take(order(person="p1"))
        StaleCustomer.objects.all().delete()

        marking.mark([Order.objects.get().pk], verdict="ugc", by=self.staff(), at=NOW)

        assert CustomerMetrics.objects.get().spent == 0
        assert StaleCustomer.objects.values_list("facts", "cause").distinct().get() == (
            "orders", "manual",
        )  # fmt: skip
        assert SampleDecision.objects.get().decided_by == self.staff()

    def staff(self):
        return User.objects.get_or_create(username="sam")[0]

    def test_the_settings_decide_again_when_the_mark_is_taken_back(self):
        take(order(), order("o2", tags=["ugc"]))
        self.mark("ugc", external_id="o1")
        self.mark("none", external_id="o2")

        self.mark("")

        assert (kinds(), reasons()) == ({"o2": "ugc"}, {"o1": "", "o2": "sample"})
        assert not SampleDecision.objects.exists()

    def test_an_unknown_word_is_refused_and_nothing_written(self):
        take(order())

        with pytest.raises(marking.MarkRefused):
            self.mark("maybe")

        assert not SampleDecision.objects.exists()

    def test_what_staff_left_out_stays_so_and_is_a_sample_again_when_let_in(self):
        take(order(tags=["ugc"]), order("o2", tags=["later"]))
        ids = list(Order.objects.values_list("pk", flat=True))
        exclusions.set_reason(ids, reason="by_hand", by=None, at=NOW)
        classify()
        assert reasons() == {"o1": "by_hand", "o2": "by_hand"}

        exclusions.set_reason(ids, reason="", by=None, at=NOW)

        assert reasons() == {"o1": "sample", "o2": ""}


@law(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_sql_says_what_pure_matching_says(data):
    Order.objects.all().delete()
    told = settings(
        ugc_tags=data.draw(st.lists(st.sampled_from(WORDS), max_size=2)),
        tiktok_tags=data.draw(st.lists(st.sampled_from(WORDS), max_size=2)),
        channel_patterns=data.draw(
            st.lists(st.sampled_from(["tik%", "%shop", "a_b", "%", "100%%", "ONLINE"]), max_size=2)
        ),
        zero_price_only=data.draw(st.booleans()),
    )
    rules, records, expected = Rules.of(told), [], {}
    for place in range(data.draw(st.integers(1, 8))):
        facts = {
            "tags": data.draw(st.lists(st.sampled_from(WORDS), max_size=3)),
            **{name: data.draw(st.sampled_from(CHANNELS)) for name in ("channel", "app")},
            "source_name": data.draw(st.sampled_from(CHANNELS)),
            **{name: data.draw(amounts) for name in ("total", "shipping_total", "tax_total")},
        }
        status = data.draw(st.sampled_from(STATUSES))
        records.append(order(f"o{place}", fulfillment_status=status, **facts))
        stored = Facts(**facts | {"tags": [tag.strip() for tag in facts["tags"]]})
        found = match(stored, rules=rules)
        if found:
            state = state_of(status, is_cancelled=False)
            expected[f"o{place}"] = (found.kind, found.found_by, found.word.strip(), state)

    columns = ("order__external_id", "kind", "found_by", "found_word", "state")
    take(*records)
    as_they_came = {row[0]: row[1:] for row in SampleOrder.objects.values_list(*columns)}
    SampleOrder.objects.all().delete()
    classify()
    all_at_once = {row[0]: row[1:] for row in SampleOrder.objects.values_list(*columns)}

    said = {name: (k, f, w.strip(), s) for name, (k, f, w, s) in as_they_came.items()}
    assert said == expected
    assert all_at_once == as_they_came


def tallied() -> list[tuple]:
    """What the tallies come to, by day, type and state."""
    sums = [Sum(name) for name in ("samples", "costed", "cost", "dated", "days")]
    rows = SampleTally.objects.order_by("placed_on", "kind", "state")
    return list(
        rows.values_list("placed_on", "kind", "state").annotate(*sums).filter(samples__sum__gt=0)
    )


@law(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_tallies_are_what_counting_finds(data):
    Order.objects.all().delete()
    SampleTally.objects.all().delete()
    settings(ugc_tags=["ugc"], tiktok_tags=["tok"])
    for step in range(data.draw(st.integers(1, 5))):
        records = [
            order(
                name,
                tags=data.draw(st.sampled_from([["ugc"], ["tok"], []])),
                total=Decimal(0),
                placed_at=NOON - timedelta(days=data.draw(st.integers(0, 1))),
                source_at=LATER + timedelta(minutes=step),
                fulfillment_status=data.draw(st.sampled_from(["", "fulfilled", "partial"])),
                lines=[line(unit_cost=data.draw(st.sampled_from([None, Decimal("1.5")])))],
            )
            for name in data.draw(st.sets(st.sampled_from(["o1", "o2", "o3"]), min_size=1))
        ]
        take(*records)
        if data.draw(st.booleans()):
            with connection.cursor() as cursor:
                tallies.add_up(cursor)

    kept = tallied()
    with connection.cursor() as cursor:
        tallies.recount(cursor)

    assert kept == tallied()
