"""The words that only the erased used: what rules suggest must not quote them."""

from django.db.backends.utils import CursorWrapper

# Of attributes and properties, as the vocabulary keeps them; far more than it does keep.
_SAID = """
    SELECT 'attr.' || kv.key, word.text
    FROM commerce_customer c CROSS JOIN LATERAL jsonb_each(c.attributes) AS kv
    CROSS JOIN LATERAL ({words}) AS word (text) WHERE c.id = ANY(%(customers)s)
    UNION
    SELECT 'event.' || e.name || '.' || kv.key, word.text
    FROM commerce_event e CROSS JOIN LATERAL jsonb_each(e.properties) AS kv
    CROSS JOIN LATERAL ({words}) AS word (text) WHERE e.customer_id = ANY(%(customers)s)
"""
_WORDS = """
    SELECT kv.value #>> '{}' WHERE jsonb_typeof(kv.value) IN ('string', 'number', 'boolean')
    UNION ALL SELECT item FROM jsonb_array_elements_text(
        CASE WHEN jsonb_typeof(kv.value) = 'array' THEN kv.value ELSE '[]' END) AS item
"""
_TAKE = f"""
    CREATE TEMPORARY TABLE erased_word ON COMMIT DROP AS
    SELECT DISTINCT s.id, s."column" AS place, s.value AS word
    FROM commerce_spelling s JOIN ({_SAID.replace("{words}", _WORDS)}) AS said (place, word)
      ON said.place = s."column" AND said.word = s.value
"""  # noqa: S608 - the parts stand above
_STILL_SAID = f"""
    SELECT 'attr.' || kv.key, word.text
    FROM commerce_customer c CROSS JOIN LATERAL jsonb_each(c.attributes) AS kv
    CROSS JOIN LATERAL ({_WORDS}) AS word (text)
    WHERE c.attributes <> '{{}}' AND EXISTS (SELECT FROM erased_word WHERE place LIKE 'attr.%%')
    UNION ALL
    SELECT 'event.' || e.name || '.' || kv.key, word.text
    FROM (SELECT DISTINCT split_part(place, '.', 2) AS name FROM erased_word
          WHERE place LIKE 'event.%%') asked
    JOIN commerce_event e ON e.name = asked.name
    CROSS JOIN LATERAL jsonb_each(e.properties) AS kv
    CROSS JOIN LATERAL ({_WORDS}) AS word (text)
"""  # noqa: S608 - the parts stand above
_FORGET = f"""
    DELETE FROM commerce_spelling WHERE id IN (
        SELECT id FROM erased_word WHERE (place, word) NOT IN (
            SELECT place, word FROM ({_STILL_SAID}) AS still (place, word)
            WHERE place IS NOT NULL AND word IS NOT NULL))
"""  # noqa: S608 - the parts stand above


def take(cursor: CursorWrapper, customers: tuple[int, ...]) -> int:
    """Note which kept words these customers used; return how many."""
    cursor.execute("DROP TABLE IF EXISTS erased_word")
    cursor.execute(_TAKE, {"customers": list(customers)})
    return cursor.rowcount


def forget(cursor: CursorWrapper) -> int:
    """Delete those of the noted words that nobody uses any more; return how many."""
    cursor.execute(_FORGET, {})
    return cursor.rowcount
