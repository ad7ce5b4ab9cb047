"""What other settings would change, counted without writing: now, or in the background."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from samples import looks
from samples.drafts import Draft
from samples.history import BATCH
from samples.matching import Rules
from samples.words import words_of
from tenants.progress import Progress
from tenants.schema import connection

PREVIEW = "preview_samples"  # the job's key
# More orders than this are counted by a worker: about a second for whoever waits.
AT_ONCE = 1_000_000

# What staff decided about an order no settings change.
_COUNT = """
    SELECT count(*) FILTER (WHERE s.order_id IS NULL AND will IS NOT NULL),
           count(*) FILTER (WHERE s.order_id IS NOT NULL AND will IS NULL),
           count(*) FILTER (WHERE s.kind <> will),
           count(*) FILTER (WHERE will = 'ugc'), count(*) FILTER (WHERE will = 'tiktok')
    FROM (
        SELECT o.id, CASE WHEN d.order_id IS NOT NULL THEN nullif(d.verdict, 'none')
                          WHEN {ugc} THEN 'ugc' WHEN {tiktok} THEN 'tiktok' END AS will
        FROM commerce_order o LEFT JOIN samples_sampledecision d ON d.order_id = o.id
        WHERE {scope}
    ) AS o LEFT JOIN samples_sampleorder s ON s.order_id = o.id
    WHERE will IS NOT NULL OR s.order_id IS NOT NULL
"""


@dataclass(frozen=True)
class Effect:
    """What settings would make of the orders there are."""

    become: int = 0
    stop: int = 0
    change_type: int = 0
    ugc: int = 0  # after the change
    tiktok: int = 0

    @property
    def is_nothing(self) -> bool:
        """Whether every order would stay what it is."""
        return not (self.become or self.stop or self.change_type)

    def __add__(self, other: "Effect") -> "Effect":
        return Effect(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


def effect_of(draft: Draft, *, first: int | None = None, last: int | None = None) -> Effect:
    """Return what `draft` would change among the orders `first` … `last` (ids), or all."""
    scope = sql.SQL("true").format()
    if first is not None:
        scope = sql.SQL("o.id BETWEEN {} AND {}").format(sql.Literal(first), sql.Literal(last))
    with connection.cursor() as cursor:
        words = words_of(cursor, Rules.of(draft), scope=scope)
        cursor.execute(
            sql.SQL(_COUNT).format(ugc=looks.ugc(words), tiktok=looks.tiktok(words), scope=scope)
        )
        return Effect(*cursor.fetchone())


def is_quick() -> bool:
    """Say whether a page may count now: by the size the planner knows, without counting."""
    with connection.cursor() as cursor:
        return _about_how_many(cursor) <= AT_ONCE


def count_all(settings: Mapping[str, Any], *, progress: Progress) -> dict[str, Any]:
    """Count in batches what `settings` would change, for a page that asks again."""
    draft, effect = Draft.from_json(settings), Effect()
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(min(id), 0), coalesce(max(id), -1) FROM commerce_order")
        first, last = cursor.fetchone()
    for start in range(first, last + 1, BATCH):
        progress.report(start - first, last - first + 1, note="Looking through the orders")
        effect += effect_of(draft, first=start, last=min(start + BATCH - 1, last))
    return {
        "would_become_samples": effect.become,
        "would_stop_being_samples": effect.stop,
        "would_change_type": effect.change_type,
    }


def _about_how_many(cursor: CursorWrapper) -> int:
    cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'commerce_order'::regclass")
    return int(cursor.fetchone()[0])
