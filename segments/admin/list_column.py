"""What this floor adds to the customers list: the RFM badge, its filter, a heat map's cell."""

from collections.abc import Collection

from django.db.models import QuerySet

from commerce.columns import CUSTOMERS, Badge, Column
from commerce.models import CustomerMetrics
from segments.models import RfmScore, Segment
from segments.scoring.rfm.maps import LABELS


def rfm_badges(ids: Collection[int]) -> dict[int, Badge]:
    """Return each customer's RFM segment."""
    rows = RfmScore.objects.filter(customer_id__in=ids).values_list(
        "customer_id", "segment", "code"
    )
    labels = rfm_labels()
    return {
        pk: Badge(labels.get(key, "Scored"), f"seg-{key}" if key else "", f"RFM {code}")
        for pk, key, code in rows
    }


def rfm_labels() -> dict[str, str]:
    """Return the names that the current map gives its segments."""
    named = dict(Segment.objects.filter(kind=Segment.Kind.RFM).values_list("key", "name"))
    return LABELS | named


def rfm_choices() -> list[tuple[str, str]]:
    """Return the segments of the current map."""
    return list(
        Segment.objects.filter(kind=Segment.Kind.RFM)
        .exclude(state=Segment.State.NEEDS_ATTENTION)
        .order_by("pk")
        .values_list("key", "name")
    )


def in_segment(metrics: QuerySet[CustomerMetrics], key: str) -> QuerySet[CustomerMetrics]:
    """Keep the customers of one RFM segment."""
    return metrics.filter(rfm__segment=key)


def cell_choices() -> list[tuple[str, str]]:
    """Return the 25 cells of the heat map."""
    return [(f"{r}{f}", f"R {r}, F {f}") for r in range(5, 0, -1) for f in range(5, 0, -1)]


def in_cell(metrics: QuerySet[CustomerMetrics], value: str) -> QuerySet[CustomerMetrics]:
    """Keep the customers with these R and F scores."""
    if len(value) != 2 or not value.isdecimal():
        return metrics.none()
    return metrics.filter(rfm__r=int(value[0]), rfm__f=int(value[1]))


CUSTOMERS.register(Column("rfm", "RFM segment", rfm_badges, rfm_choices, in_segment))
CUSTOMERS.register(Column("rf", "R and F scores", None, cell_choices, in_cell))
