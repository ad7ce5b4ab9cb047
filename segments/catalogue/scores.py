"""How a customer scored: RFM, engagement, PQL, lifecycle."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, Value
from django.db.models.expressions import Case, When

from segments.catalogue.columns import column
from segments.rules.fields import Field
from segments.rules.kinds import CHOICE, MOMENT, NUMBER, YES_NO
from segments.rules.scope import Scope
from segments.scores import fact_of, labels_of
from segments.scoring.rfm.maps import LABELS


def rfm_segments() -> Sequence[tuple[str, str]]:
    """Return every RFM segment of every map, by key and label."""
    return tuple(LABELS.items())


def bands() -> Sequence[tuple[str, str]]:
    """Return the bands of engagement."""
    return labels_of("engagement")


def stages() -> Sequence[tuple[str, str]]:
    """Return the stages of the lifecycle as they are set up now."""
    return labels_of("lifecycle")


def _is_pql(scope: Scope) -> Any:
    """Yes or no for who has a score, else unknown."""
    reached = When(pql__band="qualified", then=Value(True))
    return Case(reached, When(Q(pql__isnull=False), then=Value(False)))


_ENGAGEMENT = frozenset({fact_of("engagement")})
_PQL = frozenset({fact_of("pql")})
_LIFECYCLE = frozenset({fact_of("lifecycle")})
FIELDS = (
    Field(
        "rfm_segment",
        "RFM segment",
        CHOICE,
        column("rfm__segment"),
        phrase="RFM segment",
        choices=rfm_segments,
    ),
    Field("rfm_code", "RFM code", NUMBER, column("rfm__code"), phrase="RFM code"),
    Field("rfm_r", "RFM recency score", NUMBER, column("rfm__r"), phrase="RFM recency"),
    Field("rfm_f", "RFM frequency score", NUMBER, column("rfm__f"), phrase="RFM frequency"),
    Field("rfm_m", "RFM monetary score", NUMBER, column("rfm__m"), phrase="RFM money"),
    Field("rfm_score", "RFM score", NUMBER, column("rfm__score"), phrase="RFM score"),
    Field(
        "previous_rfm_segment",
        "Previous RFM segment",
        CHOICE,
        column("rfm__previous_segment"),
        phrase="previous RFM segment",
        choices=rfm_segments,
    ),
    Field(
        "rfm_changed_at",
        "RFM segment changed",
        MOMENT,
        column("rfm__changed_at"),
        phrase="RFM segment changed",
    ),
    Field(
        "engagement_score",
        "Engagement score",
        NUMBER,
        column("engagement__score"),
        facts=_ENGAGEMENT,
        help="0 to 100. Unknown for who was never active.",
    ),
    Field(
        "engagement_band",
        "Engagement band",
        CHOICE,
        column("engagement__band"),
        choices=bands,
        facts=_ENGAGEMENT,
    ),
    Field(
        "previous_engagement_band",
        "Previous engagement band",
        CHOICE,
        column("engagement__previous_band"),
        choices=bands,
        facts=_ENGAGEMENT,
    ),
    Field(
        "pql_score",
        "PQL score",
        NUMBER,
        column("pql__score"),
        phrase="PQL score",
        facts=_PQL,
        help="0 to 100: how ready to buy.",
    ),
    Field(
        "pql_urgency",
        "PQL urgency",
        NUMBER,
        column("pql__urgency"),
        phrase="PQL urgency",
        facts=_PQL,
        help="What the score was multiplied by: 1 without any signal of urgency.",
    ),
    Field(
        "is_pql",
        "Product-qualified lead",
        YES_NO,
        _is_pql,
        phrase="a product-qualified lead",
        facts=_PQL,
    ),
    Field(
        "lifecycle_stage",
        "Lifecycle stage",
        CHOICE,
        column("lifecycle__stage"),
        choices=stages,
        facts=_LIFECYCLE,
    ),
    Field(
        "previous_lifecycle_stage",
        "Previous lifecycle stage",
        CHOICE,
        column("lifecycle__previous_stage"),
        choices=stages,
        facts=_LIFECYCLE,
    ),
    Field(
        "lifecycle_changed_at",
        "Lifecycle stage changed",
        MOMENT,
        column("lifecycle__changed_at"),
        phrase="lifecycle stage changed",
        facts=_LIFECYCLE,
    ),
)
