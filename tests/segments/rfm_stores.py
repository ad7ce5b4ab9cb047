"""Random stores for the laws of RFM, and the same scores in plain Python."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import strategies as st

from commerce.models import Customer, Event, Order, Refund, StaleCustomer
from segments.models import RfmSettings
from segments.scoring.rfm.definition import read_definition
from segments.scoring.rfm.grid import weighted_score
from segments.scoring.rfm.maps import FIFTHS
from tests.commerce.factories import NOON

FIRST_DAY = date(2026, 3, 1)
PEOPLE = 6

# Days before the first pass: on the last day of a period or a recency, so that one day moves them.
offsets = st.sampled_from(
    [-30, -2, -1, 0, 1, 2, 7, 14, 28, 29, 30, 30, 60, 90, 180, 363, 364, 365, 365]
)
days = offsets.map(lambda offset: FIRST_DAY - timedelta(days=offset))
amounts = st.sampled_from([Decimal(a) for a in ("0", "0.005", "10", "49.995", "50", "300", "700")])
people = st.integers(0, PEOPLE - 1)
orders = st.fixed_dictionaries(
    {
        "owner": people,
        "placed_on": days,
        "spend": amounts,
        "excluded_as": st.sampled_from(["", "", "", "", "", "test"]),
        "counts_for": st.sampled_from([None] * 6 + [0, 1, 29, 31, 366]),
    }
)
refunds = st.fixed_dictionaries(
    {
        "owner": people,
        "order": st.none() | st.integers(0, 9),
        "refunded_on": days,
        "spend": amounts,
    }
)
events = st.fixed_dictionaries(
    {"owner": people, "name": st.sampled_from(["session", "login"]), "occurred_on": days}
)
changes = st.one_of(
    st.tuples(st.just("order"), st.integers(0, 12), orders),
    st.tuples(st.just("refund"), st.integers(0, 5), refunds),
    st.tuples(st.just("event"), st.integers(0, 5), events),
    st.tuples(st.just("left_out"), people, st.sampled_from(["", "staff"])),
)
steps = st.tuples(
    st.sampled_from([1, 1, 1, 0, 2, 7, 30]),
    st.lists(changes, max_size=2),
    st.sampled_from(["data", "import"]),
)
stores = st.fixed_dictionaries(
    {
        "orders": st.lists(orders, min_size=4, max_size=12),
        "refunds": st.lists(refunds, max_size=4),
        "events": st.lists(events, max_size=5),
        "steps": st.lists(steps, min_size=1, max_size=3),
        "has_metrics": st.booleans(),
    }
)
periods = st.sampled_from([365, 30, 2, None])
definitions = st.fixed_dictionaries(
    {
        "method": st.sampled_from(["fixed", "product_led", "quintiles", "quartiles", "custom"]),
        "map_key": st.sampled_from(["standard_11", "grid_6", "score_5"]),
        "frequency_days": periods,
        "money_days": periods,
        "exclude_first_days": st.sampled_from([0, 0, 0, 2, 30]),
        "minimum_orders": st.sampled_from([0, 0, 0, 2]),
        "minimum_spend": st.sampled_from([Decimal(0)] * 3 + [Decimal(10)]),
        "weight_f": st.sampled_from([Decimal(1), Decimal("2.5")]),
        "parameters": st.sampled_from(
            [{}, {"product_led": {"activity": "login", "frequency_of": "session"}}]
        ),
    }
).map(lambda choices: read_definition(RfmSettings(**choices)))


@dataclass
class Store:
    """A store that is being written: its customers, and who was touched by the last change."""

    customers: list = field(default_factory=list)

    def write(self, told):
        """Write the first facts."""
        self.customers = [Customer.objects.create() for _ in range(PEOPLE)]
        for kind in ("order", "refund", "event"):
            for number, values in enumerate(told[f"{kind}s"]):
                getattr(self, kind)(number, values)

    def change(self, kind, number, values, *, cause):
        """Change one fact and leave the marks an ingest would."""
        touched = getattr(self, kind)(number, values)
        StaleCustomer.objects.bulk_create(
            StaleCustomer(consumer="rfm", customer_id=pk, facts="orders", cause=cause)
            for pk in touched
        )

    def order(self, number, told):
        before = Order.objects.filter(external_id=f"O{number}").first()
        until = told["counts_for"]
        row, _ = Order.objects.update_or_create(
            source="csv",
            external_id=f"O{number}",
            defaults={
                "customer": self.customers[told["owner"]],
                "placed_at": NOON,
                "placed_on": told["placed_on"],
                "placed_hour": 12,
                "spend": told["spend"],
                "excluded_as": told["excluded_as"],
                "counts_until": None
                if until is None
                else told["placed_on"] + timedelta(days=until),
            },
        )
        Refund.objects.filter(order=row).update(customer=row.customer)
        return {row.customer_id, before.customer_id if before else row.customer_id}

    def refund(self, number, told):
        made = list(Order.objects.order_by("external_id"))
        order = made[told["order"] % len(made)] if made and told["order"] is not None else None
        before = Refund.objects.filter(external_id=f"R{number}").first()
        row, _ = Refund.objects.update_or_create(
            source="csv",
            external_id=f"R{number}",
            defaults={
                "customer": order.customer if order else self.customers[told["owner"]],
                "order": order,
                "refunded_at": NOON,
                "refunded_on": told["refunded_on"],
                "spend": told["spend"],
                "amount": told["spend"],
            },
        )
        return {row.customer_id, before.customer_id if before else row.customer_id}

    def event(self, number, told):
        before = Event.objects.filter(external_id=f"E{number}").first()
        row, _ = Event.objects.update_or_create(
            source="csv",
            external_id=f"E{number}",
            defaults={
                "customer": self.customers[told["owner"]],
                "name": told["name"],
                "occurred_at": NOON,
                "occurred_on": told["occurred_on"],
                "occurred_hour": 12,
            },
        )
        return {row.customer_id, before.customer_id if before else row.customer_id}

    def left_out(self, owner, reason):
        customer = self.customers[owner]
        Customer.objects.filter(pk=customer.pk).update(left_out_as=reason)
        return {customer.pk}


def expected_scores(definition, on):
    """Return customer → (last day, frequency, monetary, r, f, m, score, segment)."""
    numbers = {}
    for customer in Customer.objects.filter(left_out_as=""):
        found = _numbers(customer, definition, on)
        if found is not None:
            numbers[customer.pk] = found
    scores = _scores(numbers, definition, on)
    segments = _segments(scores, definition)
    return {pk: (*numbers[pk], *scores[pk], *segments[pk]) for pk in numbers}


def _counts(order, on):
    return (
        order.placed_on <= on
        and order.excluded_as == ""
        and (order.counts_until is None or order.counts_until > on)
    )


def _within(day, days, on):
    return day <= on and (days is None or (on - day).days <= days)


def _numbers(customer, definition, on):
    counted = [order for order in customer.orders.all() if _counts(order, on)]
    activity = [
        event.occurred_on
        for event in customer.events.filter(name=definition.activity)
        if event.occurred_on <= on
    ]
    bought = [order.placed_on for order in counted]
    if not bought and not activity:
        return None
    in_period = [day for day in bought if _within(day, definition.frequency_days, on)]
    frequency = len(in_period)
    if definition.frequency_of:
        sessions = customer.events.filter(name=definition.frequency_of)
        frequency = sum(
            _within(session.occurred_on, definition.frequency_days, on) for session in sessions
        )
    spent = sum(o.spend for o in counted if _within(o.placed_on, definition.money_days, on))
    spent -= sum(
        refund.spend
        for refund in customer.refunds.all()
        if _within(refund.refunded_on, definition.money_days, on)
        and (refund.order is None or _counts(refund.order, on))
    )
    monetary = Decimal(spent).quantize(Decimal("0.01"), ROUND_HALF_UP)
    is_new = bought and (on - min(bought)).days <= definition.exclude_first_days
    if definition.exclude_first_days and is_new:
        return None
    if len(in_period) < definition.minimum_orders:
        return None
    if definition.minimum_spend and monetary < definition.minimum_spend:
        return None
    return max(activity) if activity else max(bought), frequency, monetary


def _scores(numbers, definition, on):
    if definition.method.ranks:
        return _rank_all(numbers, definition, on)
    limits = definition.parameters
    return {
        pk: (
            1 + sum((on - last_on).days <= limit for limit in limits["recency"]),
            1 + sum(frequency >= limit for limit in limits["frequency"]),
            1 + sum(monetary >= Decimal(limit) for limit in limits["money"]),
        )
        for pk, (last_on, frequency, monetary) in numbers.items()
    }


def _rank_all(numbers, definition, on):
    ranked = []
    for place, days in enumerate(
        (definition.frequency_days, definition.frequency_days, definition.money_days)
    ):
        values = {pk: row[place] for pk, row in numbers.items() if _within(row[0], days, on)}
        ranked.append(_ranks(values, definition.method.ranks))
    return {pk: tuple(scores.get(pk, 1) for scores in ranked) for pk in numbers}


def _ranks(values, steps):
    n = len(values)
    if n < 2:
        return dict.fromkeys(values, 1)
    return {
        pk: min(steps, 1 + steps * sum(other < value for other in values.values()) // (n - 1))
        for pk, value in values.items()
    }


def _segments(scores, definition):
    weighted = {pk: weighted_score(definition.weights, *found) for pk, found in scores.items()}
    if definition.map.by_score:
        fifths = _ranks(weighted, 5)
        return {pk: (weighted[pk], FIFTHS[fifths[pk]][0]) for pk in scores}
    reading = definition.method.reading
    return {
        pk: (
            weighted[pk],
            definition.map.cells[reading(r) * 100 + reading(f) * 10 + reading(m)],
        )
        for pk, (r, f, m) in scores.items()
    }
