"""What was sent to a customer as a sample, in numbers and one by one."""

from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Subquery, Value, When

from samples.models import SampleOrder
from segments.rules.fields import Field, Source
from segments.rules.kinds import CHOICE, DAY, MONEY, NUMBER, TEXT
from segments.rules.scope import Scope

FACTS = frozenset({"orders"})


def _rows(scope: Scope, all_orders: bool) -> Any:
    """Samples placed by the evaluation's day; cancelled ones only when all are asked for."""
    rows = SampleOrder.objects.filter(placed_on__lte=scope.clock.today)
    return rows if all_orders else rows.exclude(state=SampleOrder.State.CANCELLED)


def _received(scope: Scope) -> Any:
    # Hardly anybody has one: whether there is any is asked first, which one hash of the few answers
    # (a count for each of a million customers would take seconds).
    mine = _rows(scope, False).filter(customer_id=OuterRef("pk"))
    many = mine.order_by().values("customer_id").annotate(many=Count("pk")).values("many")
    return Case(
        When(Exists(mine), then=Subquery(many)),
        default=Value(0),
        output_field=IntegerField(),
    )


FIELDS = (
    Field(
        "samples_received",
        "Samples received",
        NUMBER,
        _received,
        phrase="samples received",
        facts=FACTS,
        help="Sample orders that were not cancelled, sent already or still to be sent.",
    ),
)
ROW_FIELDS = {
    field.key: field
    for field in (
        Field(
            "type",
            "Type",
            CHOICE,
            lambda scope: F("kind"),
            choices=lambda: SampleOrder.Kind.choices,
        ),
        Field(
            "status",
            "Status",
            CHOICE,
            lambda scope: F("state"),
            choices=lambda: SampleOrder.State.choices,
        ),
        Field("creator", "Creator", TEXT, lambda scope: F("creator__name_key")),
        Field("placed_on", "Placed on", DAY, lambda scope: F("placed_on")),
        Field("fulfilled_on", "Sent on", DAY, lambda scope: F("fulfilled_on")),
        Field("cost", "Cost of goods", MONEY, lambda scope: F("cost")),
    )
}
SOURCE = Source(
    "sample",
    "Received a sample",
    "received",
    "sample",
    "samples",
    _rows,
    "placed_on",
    ROW_FIELDS,
    facts=FACTS,
)
