"""Orders: found by the source's id, new ones inserted, known ones changed by what is not older."""

from typing import Any

from psycopg import sql

from commerce.ingest.columns import ORDER_TOLD
from commerce.terms import Terms

_MONEY = ("items_total", "discount_total", "tax_total", "shipping_total", "total", "items_count")
_DEFAULTS = {
    **dict.fromkeys(_MONEY, "0"),
    "total": "coalesce(s.items_total, 0) - coalesce(s.discount_total, 0)"
    " + coalesce(s.tax_total, 0) + coalesce(s.shipping_total, 0)",
    "discount_codes": "'{}'",
    "tags": "'{}'",
    "is_test": "false",
    "cancelled_at": "NULL::timestamptz",
    "fulfilled_at": "NULL::timestamptz",
}  # every other column: ''

# An order that an earlier batch of the same file began was placed when its first line says.
_RESOLVE = """
    INSERT INTO pg_temp.batch_order (ref, order_id, customer_id, was_customer_id, placed_at,
                                     placed_on, is_new, is_newer, import_id)
    SELECT ref, coalesce(known_id, nextval('commerce_order_id_seq')), customer_id, was_customer_id,
           placed_at, (placed_at AT TIME ZONE %(zone)s)::date, known_id IS NULL, is_newer, import_id
    FROM (
        SELECT s.ref, o.id AS known_id, o.customer_id AS was_customer_id, o.import_id,
               coalesce(p.customer_id, o.customer_id) AS customer_id,
               coalesce(o.source_at <= s.source_at, true) AS is_newer,
               CASE WHEN o.import_id = %(import_id)s THEN least(o.placed_at, s.placed_at)
                    WHEN o.source_at > s.source_at THEN o.placed_at
                    ELSE coalesce(s.placed_at, o.placed_at) END AS placed_at
        FROM pg_temp.stage_order s
        LEFT JOIN commerce_order o ON o.source = %(source)s AND o.external_id = s.ref
        LEFT JOIN pg_temp.stage_person p ON p.ref = s.person
    ) found
"""

_INSERT = """
    INSERT INTO commerce_order (id, customer_id, source, external_id, placed_at, placed_on,
        placed_hour, {names}, refunded_total, spend, excluded_as, counts_until, source_at,
        import_id)
    SELECT id, customer_id, %(source)s, ref, placed_at, placed_on,
        extract(hour FROM placed_at AT TIME ZONE %(zone)s), {names}, 0, {spend}, {excluded_as},
        {cancelled_on}, source_at, %(import_id)s
    FROM (
        SELECT b.order_id AS id, b.customer_id, b.placed_at, b.placed_on, s.ref, s.source_at,
               '' AS excluded_as, {values}
        FROM pg_temp.stage_order s JOIN pg_temp.batch_order b USING (ref)
        WHERE b.is_new
    ) o
"""

_UPDATE = """
    UPDATE commerce_order o
    SET customer_id = b.customer_id, import_id = coalesce(%(import_id)s, o.import_id),
        {changes}
    FROM pg_temp.stage_order s JOIN pg_temp.batch_order b USING (ref)
    WHERE o.id = b.order_id AND NOT b.is_new
"""
_NEWER = "{n} = CASE WHEN b.is_newer THEN {value} ELSE o.{n} END"
_MOMENTS = {
    "placed_at": "b.placed_at",
    "placed_on": "b.placed_on",
    "placed_hour": "extract(hour FROM b.placed_at AT TIME ZONE %(zone)s)",
    "source_at": "s.source_at",
    "email_key": "CASE WHEN b.customer_id IS NULL THEN coalesce(s.email_key, o.email_key)"
    " ELSE '' END",
}


def resolve(cursor: Any, *, values: dict[str, Any]) -> None:
    """Give every staged order its row, new or known, in batch_order."""
    cursor.execute(_RESOLVE, values)


def write(cursor: Any, *, values: dict[str, Any], terms: Terms) -> tuple[int, int]:
    """Insert new orders and change known ones; return how many of each."""
    cursor.execute(_insert(terms), values)
    new: int = cursor.rowcount
    cursor.execute(_update(), values)
    return new, cursor.rowcount


def _insert(terms: Terms) -> sql.Composed:
    """Compose new orders as they are once settled, so that nothing writes them a second time."""
    defaults = {**_DEFAULTS, "currency": "%(currency)s"}
    values = [
        sql.SQL("coalesce(s.{0}, {1}) AS {0}").format(
            sql.Identifier(name),
            sql.SQL(defaults.get(name, "''")),  # type: ignore[arg-type]
        )
        for name in ORDER_TOLD
        if name != "email_key"
    ]
    guest = (
        "CASE WHEN b.customer_id IS NULL THEN coalesce(s.email_key, '') ELSE '' END AS email_key"
    )
    return sql.SQL(_INSERT).format(
        names=sql.SQL(", ").join(map(sql.Identifier, ORDER_TOLD)),
        values=sql.SQL(", ").join([*values, sql.SQL(guest)]),
        spend=terms.spend("o"),
        excluded_as=terms.excluded_as("o"),
        cancelled_on=terms.cancelled_on("o"),
    )


def _update() -> sql.Composed:
    told = {name: f"coalesce(s.{name}, o.{name})" for name in ORDER_TOLD}
    changes = [
        sql.SQL(_NEWER).format(n=sql.Identifier(name), value=sql.SQL(value))  # type: ignore[arg-type]
        for name, value in {**told, **_MOMENTS}.items()
    ]
    return sql.SQL(_UPDATE).format(changes=sql.SQL(", ").join(changes))
