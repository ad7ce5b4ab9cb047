"""The RFM segments themselves: a read-only Segment row for each key of the current map."""

from datetime import date

from segments.models import Segment
from segments.scoring.rfm.definition import Definition
from segments.scoring.rfm.wording import describe


def name_segments(definition: Definition, *, as_of: date) -> dict[str, int]:
    """Make or revive the segments of the map and freeze the others; return key → id.

    A frozen segment keeps its members and says since when and why.
    """
    ids = {}
    for key in definition.segment_keys:
        label = definition.map.labels[key]
        segment, _ = Segment.objects.update_or_create(
            kind=Segment.Kind.RFM,
            key=key,
            defaults={
                "slug": f"rfm-{key.replace('_', '-')}",
                "name": label,
                "description": describe(definition.map, key).summary,
                "rules": {
                    "v": 1,
                    "logic": "AND",
                    "rules": [{"field": "rfm_segment", "operator": "eq", "value": key}],
                },
                "state": Segment.State.ACTIVE,
                "state_reason": "",
            },
        )
        ids[key] = segment.pk
    why = (
        f"The map “{definition.map.label}” has no such segment."
        if definition.names_segments
        else "Only scores are calculated, without segments."
    )
    Segment.objects.filter(kind=Segment.Kind.RFM, state=Segment.State.ACTIVE).exclude(
        key__in=ids
    ).update(
        state=Segment.State.NEEDS_ATTENTION,
        state_reason=f"{why} Its members stay as they were on {as_of:%-d %b %Y}.",
    )
    return ids
