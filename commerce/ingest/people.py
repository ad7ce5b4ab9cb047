"""Who each staged person is: found by identity, else by an e-mail that one customer has, or new."""

from typing import Any

from psycopg import sql

from commerce.erasure import prints
from commerce.ingest import profile

_BY_IDENTITY = """
    UPDATE pg_temp.stage_person p SET customer_id = i.customer_id
    FROM commerce_customeridentity i
    WHERE i.source = %(source)s AND i.external_id = p.ref
"""

# Within one source another id is another person, so the customer found by e-mail must not have one
# of the source's own ids already; of two new ids with one e-mail only the first is that customer.
_BY_EMAIL = """
    UPDATE pg_temp.stage_person p SET customer_id = found.id, by_email = true
    FROM (
        SELECT c.email_key, min(c.id) AS id, min(s.ref) AS ref
        FROM commerce_customer c
        JOIN (
            SELECT email_key, min(ref) AS ref FROM pg_temp.stage_person
            WHERE customer_id IS NULL AND email_key <> '' AND {who} GROUP BY email_key
        ) s ON s.email_key = c.email_key
        WHERE c.merged_into_id IS NULL AND c.erased_at IS NULL AND {known}
        GROUP BY c.email_key HAVING count(*) = 1
    ) found
    WHERE p.customer_id IS NULL AND p.ref = found.ref AND p.email_key = found.email_key
"""
_WITH_ID = "external_id IS NOT NULL"
_WITHOUT_ID = "external_id IS NULL"
_NO_ID_HERE = """NOT EXISTS (
    SELECT FROM commerce_customeridentity i
    WHERE i.customer_id = c.id AND i.source = %(source)s AND i.external_id <> c.email_key)"""
_OF_THIS_SOURCE = """EXISTS (
    SELECT FROM commerce_customeridentity i
    WHERE i.customer_id = c.id AND i.source = %(source)s)"""

_NUMBER = """
    UPDATE pg_temp.stage_person
    SET customer_id = nextval('commerce_customer_id_seq'), is_new = true
    WHERE customer_id IS NULL AND {who}
"""
_IDENTITIES = """
    INSERT INTO commerce_customeridentity (customer_id, source, external_id)
    SELECT customer_id, %(source)s, ref FROM pg_temp.stage_person
    WHERE {who} AND (is_new OR by_email)
    ON CONFLICT DO NOTHING
"""


def resolve(
    cursor: Any, *, source: str, shares_people: bool, emails_make_customers: bool
) -> tuple[int, int]:
    """Find or make the customer of every staged person; return how many are new, and changed."""
    values = {"source": source}
    cursor.execute(_BY_IDENTITY, values)
    prints.turn_away(cursor, source=source)
    if shares_people:
        cursor.execute(_by_email(_WITH_ID, known=_NO_ID_HERE), values)
    new = _make(cursor, _WITH_ID)
    cursor.execute(_format(_IDENTITIES, _WITH_ID), values)
    cursor.execute(
        _by_email(_WITHOUT_ID, known="true" if shares_people else _OF_THIS_SOURCE), values
    )
    if emails_make_customers:
        new += _make(cursor, _WITHOUT_ID)
        # An e-mail that made a customer is their id in this source; a guest's match adds none.
        cursor.execute(_format(_IDENTITIES, _WITHOUT_ID + " AND NOT by_email"), values)
    return new, profile.update_known(cursor)


def _make(cursor: Any, who: str) -> int:
    cursor.execute(_format(_NUMBER, who))
    made: int = cursor.rowcount
    if made:
        profile.insert_new(cursor, sql.SQL(who))  # type: ignore[arg-type]
    return made


def _format(query: str, who: str) -> sql.Composed:
    return sql.SQL(query).format(who=sql.SQL(who))  # type: ignore[arg-type]


def _by_email(who: str, *, known: str) -> sql.Composed:
    return sql.SQL(_BY_EMAIL).format(who=sql.SQL(who), known=sql.SQL(known))  # type: ignore[arg-type]
