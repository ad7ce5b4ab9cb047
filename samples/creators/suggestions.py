"""Samples that look like a known creator's: same customer, e-mail, phone or handle."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from psycopg import sql

from commerce.models import Customer, Spelling
from samples.creators.handles import handle_key
from samples.models import CreatorHandle, LinkSuggestion, Platform, SampleOrder
from tenants.schema import connection

MOST_OPEN = 10_000  # more than anybody looks through
# Custom attributes in which shops keep a handle; one that names a platform means that platform.
ATTRIBUTES = (
    *("tiktok_handle", "instagram_handle", "youtube_handle", "tiktok", "instagram", "youtube"),
    *("creator_handle", "social_handle", "handle"),
)

# Reason → order and creator, surest first. `{some}` narrows the samples.
_LOOKS = {
    "the same customer": """
        SELECT s.order_id, k.id FROM samples_sampleorder s
        JOIN samples_creator k ON k.customer_id = s.customer_id WHERE {some}""",
    "the same e-mail": """
        SELECT s.order_id, k.id FROM samples_sampleorder s
        JOIN commerce_order o ON o.id = s.order_id
        LEFT JOIN commerce_customer c ON c.id = s.customer_id
        JOIN samples_creator k ON k.email_key = coalesce(nullif(c.email_key, ''), o.email_key)
        WHERE k.email_key <> '' AND {some}""",
    "the same phone": """
        SELECT s.order_id, k.id FROM samples_sampleorder s
        JOIN commerce_customer c ON c.id = s.customer_id
        JOIN samples_creator k ON k.phone_key = c.phone_key
        WHERE length(k.phone_key) >= 7 AND {some}""",
    "the same handle": """
        SELECT s.order_id, h.creator_id FROM samples_sampleorder s
        JOIN unnest({customers}::bigint[], {owners}::bigint[]) AS h (customer_id, creator_id)
            ON h.customer_id = s.customer_id
        WHERE {some}
        UNION
        SELECT s.order_id, h.creator_id FROM samples_sampleorder s
        JOIN commerce_order o ON o.id = s.order_id
        CROSS JOIN LATERAL unnest(o.tags) AS tag (word)
        JOIN unnest({words}::varchar[], {named}::bigint[]) AS h (word, creator_id)
            ON h.word = tag.word
        WHERE {some}""",
}
_FORGET = """
    DELETE FROM samples_linksuggestion g WHERE g.state = 'open' AND NOT EXISTS (
        SELECT FROM samples_sampleorder s WHERE s.order_id = g.order_id AND s.creator_id IS NULL
    )
"""
_SUGGEST = """
    INSERT INTO samples_linksuggestion (order_id, creator_id, reason, state)
    SELECT DISTINCT ON (order_id) order_id, creator_id, reason, 'open' FROM ({looks}) AS looks
    WHERE NOT EXISTS (
        SELECT FROM samples_linksuggestion g WHERE g.order_id = looks.order_id
            AND (g.state = 'open' OR g.creator_id = looks.creator_id)
    )
    ORDER BY order_id DESC, rank, creator_id LIMIT {room}
    ON CONFLICT DO NOTHING
"""


def suggest_links() -> int:
    """Propose the likeliest creator for samples that have none; return how many are new.

    What staff declined is not proposed again.
    """
    some = sql.SQL("s.creator_id IS NULL")
    unlinked = Customer.objects.filter(samples__creator=None, samples__isnull=False)
    looks = _looks(some, customers=unlinked)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FORGET)
        is_open = LinkSuggestion.objects.filter(state=LinkSuggestion.State.OPEN).count()
        room = sql.Literal(max(0, MOST_OPEN - is_open))
        cursor.execute(sql.SQL(_SUGGEST).format(looks=looks, room=room))
        return cursor.rowcount


def suggestions_for(sample: SampleOrder) -> list[tuple[int, str]]:
    """Return (creator, why) for one sample, surest first, each creator once."""
    some = sql.SQL("s.order_id = {}").format(sql.Literal(sample.pk))
    looks = _looks(some, customers=Customer.objects.filter(samples=sample))
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "SELECT creator_id, reason FROM ({}) AS looks ORDER BY rank, creator_id"
            ).format(looks)
        )
        found: dict[int, str] = {}
        for creator, reason in cursor.fetchall():
            found.setdefault(creator, reason)
    return list(found.items())


def _looks(some: sql.Composable, *, customers: "QuerySet[Customer]") -> sql.Composed:
    """Return the query of (order_id, creator_id, reason, rank)."""
    handles = _handles()
    by_customer = list(_by_attribute(customers, handles=handles)) if handles else []
    by_tag = _by_tag(handles)
    values = {
        "some": some,
        "customers": sql.Literal([customer for customer, _ in by_customer]),
        "owners": sql.Literal([creator for _, creator in by_customer]),
        "words": sql.Literal([word for word, _ in by_tag]),
        "named": sql.Literal([creator for _, creator in by_tag]),
    }
    return sql.SQL(" UNION ALL ").join(
        sql.SQL(
            "SELECT order_id, creator_id, {} AS reason, {} AS rank"
            " FROM ({}) AS look (order_id, creator_id)"
        ).format(sql.Literal(reason), sql.Literal(rank), sql.SQL(query).format(**values))
        for rank, (reason, query) in enumerate(_LOOKS.items())
    )


def _handles() -> dict[tuple[str, str], int]:
    """Return (platform, key) → creator; with "" as platform where a key is one creator's alone."""
    rows = list(CreatorHandle.objects.values_list("platform", "handle_key", "creator_id"))
    found = {(platform, key): creator for platform, key, creator in rows}
    owners: dict[str, set[int]] = {}
    for _, key, creator in rows:
        owners.setdefault(key, set()).add(creator)
    found |= {("", key): ids.pop() for key, ids in owners.items() if len(ids) == 1}
    return found


def _by_attribute(
    customers: "QuerySet[Customer]", *, handles: dict[tuple[str, str], int]
) -> Iterator[tuple[int, int]]:
    rows = customers.filter(attributes__has_any_keys=list(ATTRIBUTES), erased_at=None)
    for pk, attributes in rows.values_list("pk", "attributes").distinct().iterator():
        for name in ATTRIBUTES:
            for said in _texts(attributes.get(name)):
                platform = next((p for p in Platform.values if name.startswith(p)), "")
                creator = handles.get((platform, handle_key(said)))
                if creator is not None:
                    yield pk, creator


def _texts(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str)]


def _by_tag(handles: dict[tuple[str, str], int]) -> list[tuple[str, int]]:
    """Return the order tags that are a creator's @handle, as the store's orders spell them."""
    named = {f"@{key}": creator for (platform, key), creator in handles.items() if not platform}
    rows = Spelling.objects.filter(column="order.tags", key__in=named)
    return [(value, named[key]) for key, value in rows.values_list("key", "value") if value]
