"""Each stage is a segment too: read-only, its members kept in the pass's transaction."""

from collections.abc import Mapping
from typing import Any

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from segments import membership
from segments.models import Segment
from segments.scoring.beside import marks
from segments.scoring.beside.following import FOLLOWERS, Follower
from segments.scoring.beside.writing import Stamp

_MEMBERS = sql.SQL("""
SELECT named.segment_id, s.customer_id FROM segments_lifecyclestage s JOIN {} ON named.key = s.stage
""")
_MOVES = sql.SQL("""
CREATE TEMP TABLE lifecycle_membership ON COMMIT DROP AS
WITH named AS (SELECT * FROM {})
SELECT v.customer_id, a.segment_id AS from_id, b.segment_id AS to_id
FROM score_moved v LEFT JOIN named a ON a.key = v.from_key LEFT JOIN named b ON b.key = v.to_key
""")
MOVES = sql.Identifier("lifecycle_membership")


def follow(
    cursor: CursorWrapper, parameters: Mapping[str, Any], stamp: Stamp, *, is_whole: bool
) -> None:
    """Make the stages' segments and let their members follow: by who moved, or compared."""
    ids = name_stages(parameters, stamp)
    named = sql.SQL("(VALUES {}) AS named (key, segment_id)").format(
        sql.SQL(", ").join(
            sql.SQL("({}, {})").format(sql.Literal(key), sql.Literal(pk)) for key, pk in ids.items()
        )
    )
    own = marks.TABLE if stamp.keeps_own_causes else None
    because = membership.Because(stamp.cause, stamp.at, causes=own, events=marks.TABLE)
    segments = list(ids.values())
    if is_whole:
        members = _MEMBERS.format(named)
        membership.refresh(cursor, membership.Wanted(segments, members), because)
        return
    cursor.execute("DROP TABLE IF EXISTS lifecycle_membership")
    cursor.execute(_MOVES.format(named))
    membership.move(cursor, MOVES, segments=segments, because=because)


def name_stages(parameters: Mapping[str, Any], stamp: Stamp) -> dict[str, int]:
    """Make or revive the segments of the stages and freeze the others; return key → id."""
    ids = {stage["key"]: _name(stage) for stage in parameters["stages"]}
    gone = Segment.objects.filter(kind=Segment.Kind.LIFECYCLE, state=Segment.State.ACTIVE)
    gone.exclude(key__in=ids).update(
        state=Segment.State.NEEDS_ATTENTION,
        state_reason="The lifecycle has no such stage any more."
        f" Its members stay as they were on {stamp.on:%-d %b %Y}.",
    )
    return ids


def _name(stage: Mapping[str, Any]) -> int:
    key = stage["key"]
    rule = {"field": "lifecycle_stage", "operator": "eq", "value": key}
    segment, _ = Segment.objects.update_or_create(
        kind=Segment.Kind.LIFECYCLE,
        key=key,
        defaults={
            "slug": f"lifecycle-{key.replace('_', '-')}",
            "name": stage["label"],
            "description": stage["criteria"],
            "rules": {"v": 1, "logic": "AND", "rules": [rule]},
            "state": Segment.State.ACTIVE,
            "state_reason": "",
        },
    )
    return segment.pk


FOLLOWERS.register(Follower("lifecycle", "Segments of the stages", follow))
