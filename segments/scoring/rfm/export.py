"""Scores as rows for a file, in the columns every export of them has."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from commerce.models import CustomerIdentity, DataSource
from segments.models import RfmScore, RfmSettings, ScoreRun, Segment
from segments.scoring.rfm.maps import find_map
from segments.scoring.rfm.wording import describe

COLUMNS = (
    "customer_id", "recency", "frequency", "monetary", "R_score", "F_score", "M_score",
    "RFM_score", "segment", "recommendation", "segmented_at",
)  # fmt: skip
CENT = Decimal("0.01")
CHUNK = 5_000  # rows fetched at a time: a million leave with constant memory


def export_rows(run: ScoreRun, *, segment: Segment | None = None) -> Iterator[tuple[Any, ...]]:
    """Yield a row a customer as of `run`, of one segment (most spend first) or of everybody."""
    words = _words(run)
    scores = _scores(segment).values_list(
        "external_id", "last_order_on", "frequency", "monetary", "r", "f", "m", "score", "segment"
    )
    for external_id, last_on, frequency, monetary, *scored, key in scores.iterator(CHUNK):
        label, recommendation = words.get(key, (key, ""))
        money = monetary.quantize(CENT)
        days = (run.as_of - last_on).days
        yield (
            external_id, days, frequency, money, *scored, label, recommendation, run.finished_at,
        )  # fmt: skip


def _scores(segment: Segment | None) -> "QuerySet[Any, Any]":
    identities = CustomerIdentity.objects.filter(customer=OuterRef("customer_id")).order_by("id")
    primary = DataSource.objects.filter(is_primary=True).values("key")[:1]
    own = identities.filter(source=Subquery(primary)).values("external_id")[:1]
    any_id = identities.values("external_id")[:1]
    scores: QuerySet[Any, Any] = RfmScore.objects.annotate(
        external_id=Coalesce(Subquery(own), Subquery(any_id))
    )
    if segment is None:
        return scores.order_by("customer_id")
    if segment.kind == Segment.Kind.RFM and segment.state == Segment.State.ACTIVE:
        return scores.filter(segment=segment.key).order_by(F("monetary").desc(), "customer_id")
    return scores.filter(customer__memberships__segment=segment).order_by("customer_id")


def _words(run: ScoreRun) -> dict[str, tuple[str, str]]:
    try:
        segment_map = find_map(str(run.parameters["map"]))
    except ValidationError:  # the merchant's own map was deleted since
        return {}
    recommends = RfmSettings.current().shows_recommendations
    return {
        key: (label, describe(segment_map, key).recommendation if recommends else "")
        for key, label in segment_map.labels.items()
    }
