"""Customers that look like one person: proposed, never merged by themselves."""

from django.db import transaction
from psycopg import sql

from commerce.models import DuplicateProposal
from tenants.schema import connection

MOST_OPEN = 1_000  # more than anybody decides in a week
LARGEST_GROUP = 5  # a phone number of six customers is an office's, not a person's

# Reason → what two customers share, surest first.
KEYS = {
    "the same e-mail address": "nullif(c.email_key, '')",
    "the same phone number": "CASE WHEN length(c.phone_key) >= 7 THEN c.phone_key END",
    "the same name and birthday": "nullif(c.name_key, '') || ' ' || c.birthday::text",
    "the same name and postal code": (
        "nullif(c.name_key, '') || ' ' || nullif(upper(replace(c.postal_code, ' ', '')), '')"
    ),
}

_PAIRS = """
    SELECT min(c.id) OVER same AS first_id, c.id AS second_id, {reason} AS reason, {rank} AS rank,
           count(*) OVER same AS size
    FROM commerce_customer c
    WHERE c.merged_into_id IS NULL AND c.erased_at IS NULL AND c.left_out_as = ''
        AND {key} IS NOT NULL
    WINDOW same AS (PARTITION BY {key})
"""

_PROPOSE = """
    INSERT INTO commerce_duplicateproposal (first_id, second_id, reason, state, proposed_at)
    SELECT first_id, second_id, reason, 'open', now()
    FROM (
        SELECT DISTINCT ON (first_id, second_id) first_id, second_id, reason, rank
        FROM ({pairs}) AS pairs
        WHERE first_id <> second_id AND size <= {largest} AND NOT EXISTS (
            SELECT FROM commerce_duplicateproposal p
            WHERE p.first_id = pairs.first_id AND p.second_id = pairs.second_id
        )
        ORDER BY first_id, second_id, rank
    ) AS found
    ORDER BY rank, first_id, second_id
    LIMIT {room}
"""

_FORGET = """
    DELETE FROM commerce_duplicateproposal p USING commerce_customer c
    WHERE p.state = 'open' AND c.id IN (p.first_id, p.second_id)
        AND (c.merged_into_id IS NOT NULL OR c.erased_at IS NOT NULL)
"""


def propose_duplicates() -> int:
    """Propose pairs nobody has decided yet, surest first, up to a limit; return how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FORGET)
        is_open = DuplicateProposal.objects.filter(state=DuplicateProposal.State.OPEN)
        pairs = sql.SQL(" UNION ALL ").join(
            sql.SQL(_PAIRS).format(
                key=sql.SQL(key), reason=sql.Literal(reason), rank=sql.Literal(rank)
            )
            for rank, (reason, key) in enumerate(KEYS.items())
        )
        cursor.execute(
            sql.SQL(_PROPOSE).format(
                pairs=pairs,
                largest=sql.Literal(LARGEST_GROUP),
                room=sql.Literal(max(0, MOST_OPEN - is_open.count())),
            )
        )
        return cursor.rowcount


def keep_apart(proposal: DuplicateProposal) -> None:
    """Remember that the two are different people: they are not proposed again."""
    proposal.state = DuplicateProposal.State.KEPT_APART
    proposal.save(update_fields=["state"])
