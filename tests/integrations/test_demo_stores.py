"""The invented stores: the same every time, of believable size, with somebody for every segment."""

from collections import Counter
from datetime import date, timedelta

import pytest

from integrations.demo import bistro, files, loop, organics
from integrations.demo.samples import KINDS, STATES
from segments.scoring.rfm.maps import MAPS
from tests.integrations.demo_checks import TABLES
from tests.integrations.demo_facts import gather

MAKERS = {"demo": organics.make_store, "bistro": bistro.make_store, "loop": loop.make_store}
COUNT = 1_200
CHECKS = [(merchant, name) for merchant, table in TABLES.items() for name in table]
# An ordinary day, the day after New Year, and the last of February: windows and birthdays wrap.
DAYS = (date(2026, 5, 14), date(2027, 1, 2), date(2028, 2, 29))


@pytest.fixture(scope="module", params=DAYS, ids=str)
def day(request):
    return request.param


@pytest.fixture(scope="module")
def stores(day):
    return {key: make(seed=key, today=day, count=COUNT) for key, make in MAKERS.items()}


@pytest.fixture(scope="module")
def facts(stores, day):
    return {key: gather(store, day) for key, store in stores.items()}


@pytest.mark.parametrize(("merchant", "name"), CHECKS)
def test_every_ready_made_segment_finds_somebody(facts, merchant, name):
    found = [known for known in facts[merchant] if TABLES[merchant][name](known)]

    assert 0 < len(found) < len(facts[merchant])


@pytest.mark.parametrize("merchant", MAKERS)
def test_the_same_seed_and_day_give_the_same_bytes(tmp_path, merchant):
    written = []
    for name in ("first", "second"):
        store = MAKERS[merchant](seed="seed", today=DAYS[0], count=120)
        for kind, rows in (
            ("customers", files.customer_rows(store.people, attributes=["plan", "skin_type"])),
            ("orders", files.order_rows(store.orders)),
            ("events", files.event_rows(store.events, properties=["campaign"])),
        ):
            files.write(tmp_path / f"{name}-{kind}", header=["header"], rows=rows)
            written.append((tmp_path / f"{name}-{kind}").read_bytes())

    assert written[:3] == written[3:]


@pytest.mark.parametrize("merchant", MAKERS)
def test_a_store_can_be_made_on_any_day(merchant):
    for step in range(0, 1_461, 61):
        day = date(2026, 1, 1) + timedelta(days=step)

        store = MAKERS[merchant](seed=f"on {day}", today=day, count=60)

        assert max(order.placed_at.date() for order in store.orders) <= day


@pytest.mark.parametrize("merchant", MAKERS)
def test_another_seed_gives_another_store(merchant):
    one = MAKERS[merchant](seed="one", today=DAYS[0], count=120)
    two = MAKERS[merchant](seed="two", today=DAYS[0], count=120)

    assert [person.email for person in one.people] != [person.email for person in two.people]


@pytest.mark.parametrize(
    ("merchant", "orders", "events"),
    [("demo", (5, 11), (4, 12)), ("bistro", (6, 14), (4, 12)), ("loop", (5, 14), (30, 60))],
)
def test_sizes_are_those_of_a_shop_this_large(stores, merchant, orders, events):
    store = stores[merchant]

    assert COUNT * 0.97 <= len(store.people) <= COUNT * 1.04
    assert orders[0] <= len(store.orders) / COUNT <= orders[1]
    assert events[0] <= len(store.events) / COUNT <= events[1]


@pytest.mark.parametrize("merchant", MAKERS)
def test_nothing_happens_after_today_or_before_the_account(stores, day, merchant):
    store = stores[merchant]

    assert max(order.placed_at.date() for order in store.orders) <= day
    assert max(event.at.date() for event in store.events) <= day
    assert all(o.refunded_at.date() <= day for o in store.orders if o.refunded_at)
    assert min(order.placed_at.date() for order in store.orders) > day - timedelta(days=1500)


@pytest.mark.parametrize("merchant", MAKERS)
def test_ids_numbers_and_addresses_are_nobody_elses(stores, merchant):
    store = stores[merchant]
    keys = [person.key for person in store.people]
    twins = [key for key in keys if key[1] == "9"]
    own = [person for person in store.people if person.key not in twins]

    assert len(set(keys)) == len(keys)
    assert len({order.number for order in store.orders}) == len(store.orders)
    assert len({person.email.lower() for person in own}) == len(own)
    assert not any(" " in person.email for person in store.people)
    hosts = {person.email.lower().rpartition("@")[2] for person in store.people}
    assert all(
        host.endswith((".test", "example.com", "example.org", "example.net")) for host in hosts
    )


@pytest.mark.parametrize("merchant", ["demo", "bistro"])
def test_every_rfm_segment_is_populated_in_believable_shares(facts, merchant):
    cells = MAPS["standard_11"].cells
    found = Counter(cells[known.rfm()] for known in facts[merchant] if known.orders)
    buyers = sum(found.values())

    assert set(found) == set(MAPS["standard_11"].keys)
    assert 0.04 <= found["champions"] / buyers <= 0.15
    assert max(found.values()) / buyers < 0.4


@pytest.mark.parametrize("merchant", MAKERS)
def test_there_is_a_sample_order_of_every_kind_in_every_state(stores, merchant):
    seen = {
        (order.tags, order.channel, "cancelled" if order.cancelled_at else order.fulfillment)
        for order in stores[merchant].orders
        if order.person and "creator" in order.person.tags
    }

    wanted = {(kind.tags, kind.channel, state) for kind in KINDS for state, _ in STATES}
    assert wanted <= seen
    free = [o for o in stores[merchant].orders if "tiktok-sample" in o.tags and not o.items]
    assert {bool(order.shipping) for order in free} == {True, False}


def test_the_shop_has_what_no_real_shop_is_without(stores):
    store = stores["demo"]
    guests = [order for order in store.orders if order.person is None]
    known = {person.email for person in store.people}

    assert {"known" if g.email in known else "new" if g.email else "none" for g in guests} == {
        "known",
        "new",
        "none",
    }
    assert any(order.is_test for order in store.orders)
    assert {"refunded", "partially_refunded", "voided", "paid"} <= {
        order.financial for order in store.orders
    }
    assert len({order.channel for order in store.orders}) >= 5
    assert len({order.store for order in store.orders}) == 3
    assert {code for order in store.orders for code in order.codes} >= {"WELCOME10", "HARVEST25"}
    assert {tag for person in store.people for tag in person.tags} >= {"staff", "wholesale"}


@pytest.mark.parametrize("merchant", ["demo", "bistro"])
def test_some_people_are_in_the_list_twice(stores, merchant):
    people = stores[merchant].people
    emails = Counter(person.email.lower() for person in people)
    phones = Counter("".join(filter(str.isdigit, p.phone)) for p in people if p.phone)
    homes = Counter((p.first_name, p.last_name, p.birthday, p.postal_code) for p in people)

    assert 2 in emails.values()
    assert 2 in phones.values()
    assert 2 in homes.values()
