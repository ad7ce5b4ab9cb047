"""How many members two segments share, for many pairs at once: raw SQL over the memberships."""

from collections.abc import Sequence

from tenants.schema import connection

Pair = tuple[int, int]

_SHARED = """
    SELECT p.one, p.other, count(*)
    FROM unnest(%s::bigint[], %s::bigint[]) AS p (one, other)
    JOIN segments_membership a ON a.segment_id = p.one
    JOIN segments_membership b ON b.segment_id = p.other AND b.customer_id = a.customer_id
    GROUP BY 1, 2
"""


def shared_members(pairs: Sequence[Pair]) -> dict[Pair, int]:
    """Return the number of common members of each pair that has any, in one query."""
    if not pairs:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_SHARED, [[one for one, _ in pairs], [other for _, other in pairs]])
        return {(one, other): number for one, other, number in cursor.fetchall()}
