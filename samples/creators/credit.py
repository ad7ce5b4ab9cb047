"""Which orders bear a creator's code or referral tag: looked up once an order, not once a page.

Orders are credited as they are written (commerce.order_followers); a code given to a creator is
looked for in all orders in the background, and every night so are all codes, which mends.
"""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from commerce.models import Spelling
from samples.models import CreatorCode
from tenants.schema import connection

# Kind → the column of an order that says it, and that column's name in the vocabulary.
PLACES = {
    CreatorCode.Kind.DISCOUNT: ("discount_codes", "order.discount_codes"),
    CreatorCode.Kind.REFERRAL: ("tags", "order.tags"),
}

_FOUND = """
    SELECT DISTINCT w.code_id, o.id AS order_id
    FROM commerce_order o
    CROSS JOIN LATERAL unnest(o.{column}) AS said (word)
    JOIN unnest(%s::bigint[], %s::varchar[]) AS w (code_id, word) ON w.word = said.word
    WHERE {scope} AND o.{column} <> '{{}}'
"""
_KEEP = """
    INSERT INTO samples_creditedorder (code_id, order_id) {found} ON CONFLICT DO NOTHING
"""
_MEND = """
    WITH found AS MATERIALIZED ({found}),
    gone AS (
        DELETE FROM samples_creditedorder c WHERE c.code_id = ANY(%s) AND NOT EXISTS (
            SELECT FROM found f WHERE f.code_id = c.code_id AND f.order_id = c.order_id
        )
    )
    INSERT INTO samples_creditedorder (code_id, order_id)
    SELECT code_id, order_id FROM found ON CONFLICT DO NOTHING
"""


def follow(cursor: CursorWrapper, orders: sql.Composable, on: date) -> None:
    """Credit the ids that `orders` selects, which were just written, and only for what they say."""
    codes = list(CreatorCode.objects.all())
    if not codes:
        return
    cursor.execute(
        sql.SQL("DELETE FROM samples_creditedorder WHERE order_id IN ({})").format(orders)
    )
    scope = sql.SQL("o.id IN ({})").format(orders)
    for kind in PLACES:
        chosen = [code for code in codes if code.kind == kind]
        if chosen:
            found, values = _found(chosen, scope=scope)
            cursor.execute(sql.SQL(_KEEP).format(found=found), values)


def credit_orders(*, from_scratch: bool = False) -> int:
    """Look through all orders for new codes, `from_scratch` for every code; return how many.

    Ten million orders take seconds: this is for jobs.
    """
    credited = 0
    with transaction.atomic(), connection.cursor() as cursor:
        codes = list(CreatorCode.objects.select_for_update().order_by("pk"))
        for kind in PLACES:
            chosen = [
                code
                for code in codes
                if code.kind == kind and (from_scratch or not code.is_counted)
            ]
            if not chosen:
                continue
            found, values = _found(chosen, scope=sql.SQL("true"))
            mend = sql.SQL(_MEND).format(found=found)
            cursor.execute(mend, [*values, [code.pk for code in chosen]])
            credited += cursor.rowcount
        CreatorCode.objects.filter(is_counted=False).update(is_counted=True)
    return credited


def _found(
    codes: list[CreatorCode], *, scope: sql.Composable
) -> tuple[sql.Composed, list[list[int] | list[str]]]:
    """Return the query of (code_id, order_id) for codes of one kind, and its parameters."""
    column, place = PLACES[CreatorCode.Kind(codes[0].kind)]
    words = sorted(_words(codes, place=place))
    found = sql.SQL(_FOUND).format(column=sql.Identifier(column), scope=scope)
    return found, [[pk for pk, _ in words], [word for _, word in words]]


def _words(codes: Iterable[CreatorCode], *, place: str) -> set[tuple[int, str]]:
    """Return each code's id with every spelling of it that the store's orders use.

    The vocabulary keeps a bounded number of words; the usual spellings are tried whatever it knows.
    """
    codes = list(codes)
    by_key = {code.code_key: code.pk for code in codes}
    rows = Spelling.objects.filter(column=place, key__in=by_key).values_list("key", "value")
    words = {(by_key[key], value) for key, value in rows if value}
    for code in codes:
        usual = (code.code, code.code.upper(), code.code.lower(), code.code.title())
        words |= {(code.pk, word) for word in usual}
    return words
