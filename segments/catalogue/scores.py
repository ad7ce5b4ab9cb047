"""How a customer scored: RFM now; each further score adds its fields with its own work."""

from collections.abc import Sequence

from segments.catalogue.columns import column
from segments.rules.fields import Field
from segments.rules.kinds import CHOICE, MOMENT, NUMBER
from segments.scoring.rfm.maps import LABELS


def rfm_segments() -> Sequence[tuple[str, str]]:
    """Return every RFM segment of every map, by key and label."""
    return tuple(LABELS.items())


FIELDS = (
    Field(
        "rfm_segment",
        "RFM segment",
        CHOICE,
        column("customer__rfm__segment"),
        phrase="RFM segment",
        choices=rfm_segments,
    ),
    Field("rfm_code", "RFM code", NUMBER, column("customer__rfm__code"), phrase="RFM code"),
    Field("rfm_r", "RFM recency score", NUMBER, column("customer__rfm__r"), phrase="RFM recency"),
    Field(
        "rfm_f", "RFM frequency score", NUMBER, column("customer__rfm__f"), phrase="RFM frequency"
    ),
    Field("rfm_m", "RFM monetary score", NUMBER, column("customer__rfm__m"), phrase="RFM money"),
    Field("rfm_score", "RFM score", NUMBER, column("customer__rfm__score"), phrase="RFM score"),
    Field(
        "previous_rfm_segment",
        "Previous RFM segment",
        CHOICE,
        column("customer__rfm__previous_segment"),
        phrase="previous RFM segment",
        choices=rfm_segments,
    ),
    Field(
        "rfm_changed_at",
        "RFM segment changed",
        MOMENT,
        column("customer__rfm__changed_at"),
        phrase="RFM segment changed",
    ),
)
