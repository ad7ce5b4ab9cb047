"""The words that only the erased used: what rules suggest must not quote them."""

from django.db.backends.utils import CursorWrapper
from psycopg import sql

# Of one attribute or property `kv`: the text it holds, or its items'.
_WORDS = sql.SQL("""
    SELECT kv.value #>> '{}' WHERE jsonb_typeof(kv.value) IN ('string', 'number', 'boolean')
    UNION ALL SELECT item FROM jsonb_array_elements_text(
        CASE WHEN jsonb_typeof(kv.value) = 'array' THEN kv.value ELSE '[]' END) AS item
""")
# Kept words that these customers used, under the columns the vocabulary keeps them by.
_TAKE = sql.SQL("""
    CREATE TEMPORARY TABLE erased_word ON COMMIT DROP AS
    SELECT DISTINCT s.id, s."column" AS place, s.value AS word
    FROM commerce_spelling s JOIN (
        SELECT 'attr.' || kv.key, word.text
        FROM commerce_customer c CROSS JOIN LATERAL jsonb_each(c.attributes) AS kv
        CROSS JOIN LATERAL ({words}) AS word (text) WHERE c.id = ANY({customers})
        UNION
        SELECT 'event.' || e.name || '.' || kv.key, word.text
        FROM commerce_event e CROSS JOIN LATERAL jsonb_each(e.properties) AS kv
        CROSS JOIN LATERAL ({words}) AS word (text) WHERE e.customer_id = ANY({customers})
    ) AS said (place, word) ON said.place = s."column" AND said.word = s.value
""")
# What others still say is found by one look at everybody's attributes, and at these events.
_FORGET = sql.SQL("""
    DELETE FROM commerce_spelling WHERE id IN (
        SELECT id FROM erased_word WHERE (place, word) NOT IN (
            SELECT place, word FROM (
                SELECT 'attr.' || kv.key, word.text
                FROM commerce_customer c CROSS JOIN LATERAL jsonb_each(c.attributes) AS kv
                CROSS JOIN LATERAL ({words}) AS word (text)
                WHERE c.attributes <> '{{}}'
                  AND EXISTS (SELECT FROM erased_word WHERE starts_with(place, 'attr.'))
                UNION ALL
                SELECT 'event.' || e.name || '.' || kv.key, word.text
                FROM (SELECT DISTINCT n.name FROM commerce_eventname n JOIN erased_word w
                      ON starts_with(w.place, 'event.' || n.name || '.')) AS asked
                JOIN commerce_event e ON e.name = asked.name
                CROSS JOIN LATERAL jsonb_each(e.properties) AS kv
                CROSS JOIN LATERAL ({words}) AS word (text)
            ) AS still (place, word) WHERE place IS NOT NULL AND word IS NOT NULL))
""")


def take(cursor: CursorWrapper, customers: tuple[int, ...]) -> int:
    """Note which kept words these customers used; return how many."""
    cursor.execute("DROP TABLE IF EXISTS erased_word")
    cursor.execute(_TAKE.format(words=_WORDS, customers=sql.Literal(list(customers))))
    return cursor.rowcount


def forget(cursor: CursorWrapper) -> int:
    """Delete those of the noted words that nobody uses any more; return how many."""
    cursor.execute(_FORGET.format(words=_WORDS))
    return cursor.rowcount
