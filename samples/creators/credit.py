"""Which orders bear a creator's code or referral tag: looked up once an order, not once a page."""

from collections.abc import Iterable

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

_FIND = """
    CREATE TEMPORARY TABLE found_credit ON COMMIT DROP AS
    SELECT DISTINCT w.code_id, o.id AS order_id
    FROM commerce_order o
    CROSS JOIN LATERAL unnest(o.{column}) AS said (word)
    JOIN unnest(%s::bigint[], %s::varchar[]) AS w (code_id, word) ON w.word = said.word
    WHERE o.id > %s AND o.{column} <> '{{}}'
"""
_FORGET = """
    DELETE FROM samples_creditedorder c
    WHERE c.code_id = ANY(%s) AND NOT EXISTS (
        SELECT FROM found_credit f WHERE f.code_id = c.code_id AND f.order_id = c.order_id
    )
"""
_KEEP = """
    INSERT INTO samples_creditedorder (code_id, order_id)
    SELECT code_id, order_id FROM found_credit ON CONFLICT DO NOTHING
"""


def credit_orders(*, from_scratch: bool = False) -> int:
    """Credit the orders that came since each code was last looked for; return how many are new.

    A code never looked for reads all orders, `from_scratch` does so for every code and also takes
    back what an order says no longer. Ten million orders take seconds: this is for jobs.
    """
    found = 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM commerce_order")
        (last,) = cursor.fetchone()
        for kind in PLACES:
            codes = list(CreatorCode.objects.select_for_update().filter(kind=kind).order_by("pk"))
            fresh = [code for code in codes if from_scratch or not code.followed_to]
            known = [code for code in codes if code not in fresh]
            found += _credit(cursor, fresh, since=0)
            found += _credit(cursor, known, since=min((c.followed_to for c in known), default=0))
        CreatorCode.objects.filter(followed_to__lt=last).update(followed_to=last)
    return found


def _credit(cursor: CursorWrapper, codes: list[CreatorCode], *, since: int) -> int:
    if not codes:
        return 0
    column, place = PLACES[CreatorCode.Kind(codes[0].kind)]
    words = sorted(_words(codes, place=place))
    cursor.execute("DROP TABLE IF EXISTS found_credit")
    cursor.execute(
        sql.SQL(_FIND).format(column=sql.Identifier(column)),
        [[pk for pk, _ in words], [word for _, word in words], since],
    )
    if since == 0:
        cursor.execute(_FORGET, [[code.pk for code in codes]])
    cursor.execute(_KEEP)
    return cursor.rowcount


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
