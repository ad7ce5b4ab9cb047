"""The words the store's data uses, learnt as facts come in: what rules compare folded text by.

Text is folded in Python only, so a column of few words and many rows is compared by its spellings:
a batch's distinct words are found in SQL, and only those not known yet travel to Python.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from psycopg import sql

from commerce import event_words
from commerce.keys import key

# Different words kept of a column: read and tested one by one, 0.2 s, whenever a rule asks for it.
CAP = 100_000
LONGEST = 255  # characters of Spelling.value
# A column with a word that is not kept has a row with an empty value, and a key that says why:
# rules then also compare what is stored, folded as well as the database can (kinds/spelt.py).
FULL, LONG = "full", "long"

WORDS = {
    **{
        f"order.{name}": ("stage_order", name)
        for name in ("channel", "source_name", "app", "store", "financial_status",
                     "fulfillment_status")
    },
    "line.sku": ("stage_line", "sku"),
    "line.vendor": ("stage_line", "vendor"),
    "customer.communication_channel": ("stage_person", "communication_channel"),
}  # fmt: skip
LISTS = {"order.tags": "tags", "order.discount_codes": "discount_codes"}

_WORD = "SELECT {place}, {column} FROM {table} GROUP BY {column}"
_ITEM = "SELECT {place}, item FROM pg_temp.stage_order, unnest({column}) AS item GROUP BY item"
_ATTRIBUTES = """
    SELECT 'attr.' || d.key, word.text
    FROM commerce_attributedefinition d CROSS JOIN ({people}) AS p (attributes)
    CROSS JOIN LATERAL (
        SELECT p.attributes ->> d.key AS text WHERE d.kind = 'text'
          AND jsonb_typeof(p.attributes -> d.key) IN ('string', 'number', 'boolean')
        UNION ALL
        SELECT jsonb_array_elements_text(p.attributes -> d.key)
        WHERE d.kind = 'list' AND jsonb_typeof(p.attributes -> d.key) = 'array'
    ) AS word
"""
_UNKNOWN = """
    SELECT DISTINCT said.place, said.word FROM ({said}) AS said (place, word)
    WHERE said.word <> '' AND NOT EXISTS (
        SELECT FROM commerce_spelling k WHERE k."column" = said.place AND k.value = said.word
    ) AND NOT EXISTS (
        SELECT FROM commerce_spelling k
        WHERE k."column" = said.place AND k.value = '' AND k.key = 'full'
    )
"""
_STAGED_PEOPLE = sql.SQL("SELECT attributes FROM pg_temp.stage_person WHERE attributes IS NOT NULL")
_KEEP = """
    INSERT INTO commerce_spelling ("column", key, value)
    SELECT * FROM unnest(%s::varchar[], %s::varchar[], %s::varchar[])
    ON CONFLICT ("column", value) DO UPDATE SET key = excluded.key
    WHERE commerce_spelling.key <> excluded.key
"""


def learn(cursor: Any) -> None:
    """Keep what the staged batch says for the first time: words, event names, properties."""
    cursor.execute(
        "SELECT EXISTS (SELECT FROM pg_temp.stage_person WHERE attributes IS NOT NULL),"
        " EXISTS (SELECT FROM pg_temp.stage_event)"
    )
    has_attributes, has_events = cursor.fetchone()
    said = _column_words()
    if has_attributes:
        said.append(_attribute_words(_STAGED_PEOPLE))
    if has_events:
        said += event_words.learn(cursor)
    keep(cursor, sql.SQL(" UNION ALL ").join(said))


def learn_attributes(cursor: Any, customers: sql.Composable) -> None:
    """Keep the words in the custom attributes of the ids that `customers` selects."""
    people = sql.SQL("SELECT attributes FROM commerce_customer WHERE id IN ({})").format(customers)
    keep(cursor, _attribute_words(people))


def learn_attribute(cursor: Any, name: str) -> None:
    """Keep every customer's word of an attribute only just declared, or given another kind."""
    people = sql.SQL(
        "SELECT jsonb_build_object({name}, attributes -> {name}) FROM commerce_customer"
        " WHERE jsonb_exists(attributes, {name})"
    ).format(name=sql.Literal(name))
    keep(cursor, _attribute_words(people))


def keep(cursor: Any, said: sql.Composable) -> None:
    """Keep the words that the query `said` gives as (column, word), as far as there is room."""
    cursor.execute(sql.SQL(_UNKNOWN).format(said=said))
    new = sorted(cursor.fetchall())  # in one order: two writers never wait for each other
    if not new:
        return
    room, rows = _room(cursor, {place for place, _ in new}), []
    lacks: dict[str, str] = {}
    for place, word in new:
        if len(word) > LONGEST:
            lacks.setdefault(place, LONG)
        elif room[place] > 0:
            room[place] -= 1
            rows.append((place, key(word, length=LONGEST), word))
        else:
            lacks[place] = FULL
    rows += [(place, why, "") for place, why in sorted(lacks.items())]
    cursor.execute(_KEEP, [list(column) for column in zip(*rows, strict=True)])


def _room(cursor: Any, places: Iterable[str]) -> dict[str, int]:
    cursor.execute(
        'SELECT "column", count(*) FROM commerce_spelling WHERE "column" = ANY(%s) GROUP BY 1',
        [list(places)],
    )
    room: dict[str, int] = defaultdict(lambda: CAP)
    room.update({place: CAP - kept for place, kept in cursor.fetchall()})
    return room


def _column_words() -> list[sql.Composable]:
    words = [
        sql.SQL(_WORD).format(
            place=sql.Literal(place),
            column=sql.Identifier(column),
            table=sql.Identifier("pg_temp", table),
        )
        for place, (table, column) in WORDS.items()
    ]
    items = [
        sql.SQL(_ITEM).format(place=sql.Literal(place), column=sql.Identifier(column))
        for place, column in LISTS.items()
    ]
    return [*words, *items]


def _attribute_words(people: sql.Composable) -> sql.Composable:
    return sql.SQL(_ATTRIBUTES).format(people=people)
