"""Names of events, the kinds of their properties, and where the words of the properties stand.

A kind is guessed from the values: one that no later value contradicts stays, any other is text.
"""

import re
from collections.abc import Iterator
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from commerce.models import EventName

MOST = 100  # properties of an event; a source that writes ids as keys would have no end of them
TEXT, SPELT = "text", ("text", "list")

_DAY = "[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TIME = "[T ][0-2][0-9]:[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?(Z|[+-][0-9]{2}:?[0-9]{2})"
_KINDS = """
    SELECT name, key, array_agg(DISTINCT CASE jsonb_typeof(value)
        WHEN 'number' THEN 'number' WHEN 'boolean' THEN 'yes_no' WHEN 'array' THEN 'list'
        ELSE CASE WHEN value #>> '{{}}' ~ {day} THEN 'date' WHEN value #>> '{{}}' ~ {moment} THEN 'moment'
             ELSE 'text' END END)
    FROM (
        SELECT DISTINCT e.name, p.key, p.value
        FROM pg_temp.stage_event e CROSS JOIN LATERAL jsonb_each(e.properties) p
        WHERE length(p.key) BETWEEN 1 AND 100 AND jsonb_typeof(p.value) NOT IN ('null', 'object')
          AND p.value <> '""'
    ) told
    GROUP BY name, key ORDER BY name, key
"""  # noqa: E501 - the table of kinds
_KINDS_SQL = sql.SQL(_KINDS).format(
    day=sql.Literal(f"^{_DAY}$"), moment=sql.Literal(f"^{_DAY}{_TIME}$")
)
_WRITE = """
    INSERT INTO commerce_eventname (name, label, properties) VALUES (%s, %s, %s)
    ON CONFLICT (name) DO UPDATE SET properties = excluded.properties
"""
_WORDS = """
    SELECT 'event.' || e.name || '.' || k.key, word.text
    FROM {events} e JOIN unnest({names}::varchar[], {keys}::varchar[]) AS k (name, key)
      ON k.name = e.name
    CROSS JOIN LATERAL (
        SELECT e.properties ->> k.key AS text
        WHERE jsonb_typeof(e.properties -> k.key) IN ('string', 'number', 'boolean')
        UNION ALL
        SELECT jsonb_array_elements_text(e.properties -> k.key)
        WHERE jsonb_typeof(e.properties -> k.key) = 'array'
    ) AS word
"""
_STAGED, _KEPT = sql.Identifier("pg_temp", "stage_event"), sql.Identifier("commerce_event")


def label_of(name: str) -> str:
    """Return an event's name in words: `email_opened` is "Email opened"."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    text = re.sub(r"[_.\-\s]+", " ", words).strip() or name
    return text[:1].upper() + text[1:]


def learn(cursor: Any) -> list[sql.Composable]:
    """Keep the staged events' names and kinds; return queries of (column, word) of their words.

    Where a kind has become text, the words of all such events are asked for again: once a property.
    """
    cursor.execute("SELECT DISTINCT name FROM pg_temp.stage_event ORDER BY name")
    names = [name for (name,) in cursor.fetchall()]
    known = dict(EventName.objects.filter(name__in=names).values_list("name", "properties"))
    merged = {name: dict(known.get(name, {})) for name in names}
    cursor.execute(_KINDS_SQL)
    spelt: list[tuple[str, str]] = []
    widened: list[tuple[str, str]] = []
    for name, key, kinds in cursor.fetchall():
        before, kinds_of = merged[name].get(key), merged[name]
        if before is None and len(kinds_of) >= MOST:
            continue
        kinds_of[key] = kind = _one_kind({*kinds, *filter(None, [before])})
        if kind in SPELT:
            (spelt if before in (None, kind) else widened).append((name, key))
    for name, properties in merged.items():
        if properties != known.get(name):
            cursor.execute(_WRITE, [name, label_of(name)[:100], Jsonb(properties)])
    return [*_words(_STAGED, spelt), *_words(_KEPT, widened)]


def _one_kind(kinds: set[str]) -> str:
    return kinds.pop() if len(kinds) == 1 else TEXT


def _words(events: sql.Composable, pairs: list[tuple[str, str]]) -> Iterator[sql.Composable]:
    if pairs:
        yield sql.SQL(_WORDS).format(
            events=events,
            names=sql.Literal([name for name, _ in pairs]),
            keys=sql.Literal([key for _, key in pairs]),
        )
