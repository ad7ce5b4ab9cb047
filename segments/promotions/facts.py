"""What is known of codes and people when a code is checked: one statement, raw SQL.

Everything is read by keys: a code by its folded text, a person by id or e-mail, memberships and
uses by the person. So nothing is cached and nothing can be out of date: an answer is as fresh as
the memberships, and each says since when it stands.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from psycopg import sql

from commerce.identity import resolve
from segments.models import PromoSegment
from segments.promotions.known import CodeFacts, PersonFacts, Side
from segments.promotions.persons import SHOPIFY, Person, by_number
from tenants.schema import connection

_FACTS = sql.SQL("""
WITH codes AS MATERIALIZED (
    SELECT id, code, code_key, discount, value::text, match, starts_at, ends_at, most_total,
        most_each, unknown, state, redeemed_count
    FROM segments_promocode WHERE code_key = ANY(%(codes)s)
), sides AS MATERIALIZED (
    SELECT p.code_id, p.side, s.id, s.slug, s.name, s.kind, s.state, s.refreshed_at
    FROM segments_promosegment p JOIN segments_segment s ON s.id = p.segment_id
    WHERE p.code_id IN (SELECT id FROM codes)
), asked AS (
    SELECT place, text, source, guest_key FROM unnest(
        %(kinds)s::text[], %(texts)s::text[], %(sources)s::text[], %(guests)s::text[]
    ) WITH ORDINALITY AS asked (kind, text, source, guest_key, place)
), found AS (
    SELECT place, min(customer_id) AS customer_id, count(DISTINCT customer_id) AS many
    FROM ({found}) AS named GROUP BY place
)
SELECT
    (SELECT json_agg(c) FROM (
        SELECT *, (SELECT json_agg(s ORDER BY s.name) FROM sides s WHERE s.code_id = codes.id)
            AS sides FROM codes
    ) c),
    (SELECT json_agg(p ORDER BY p.place) FROM (
        SELECT a.place, f.many, c.id, c.merged_into_id,
            ARRAY(SELECT m.segment_id FROM segments_membership m WHERE m.customer_id = c.id
                AND m.segment_id IN (SELECT id FROM sides)) AS segments,
            (SELECT json_object_agg(code_id, times) FROM (
                -- Two looks at an index each: of a code used a hundred thousand times, too.
                SELECT r.code_id, count(*) AS times FROM (
                    SELECT code_id, cancelled_at FROM segments_redemption
                    WHERE customer_id = c.id
                    UNION ALL
                    SELECT code_id, cancelled_at FROM segments_redemption
                    WHERE email_key <> '' AND email_key IN (a.guest_key, c.email_key)
                ) r
                WHERE r.cancelled_at IS NULL
                    AND r.code_id IN (SELECT id FROM codes WHERE most_each IS NOT NULL)
                GROUP BY 1
            ) r) AS uses
        FROM asked a LEFT JOIN found f USING (place)
            LEFT JOIN commerce_customer c ON c.id = f.customer_id AND c.erased_at IS NULL
    ) p)
""")
_FOUND = {
    "number": sql.SQL("""
        SELECT a.place, c.id AS customer_id FROM {asked} a
        JOIN commerce_customer c ON c.id = a.text::bigint"""),
    "email": sql.SQL("""
        SELECT a.place, c.id AS customer_id FROM {asked} a
        JOIN commerce_customer c ON c.email_key = a.text AND a.text <> ''
            AND c.merged_into_id IS NULL AND c.erased_at IS NULL"""),
    "source": sql.SQL("""
        SELECT a.place, i.customer_id FROM {asked} a
        JOIN commerce_customeridentity i ON i.external_id = a.text AND i.source = coalesce(
            nullif(a.source, ''), (SELECT key FROM commerce_datasource WHERE is_primary))"""),
    "shopify": sql.SQL("""
        SELECT a.place, i.customer_id FROM {asked} a
        JOIN commerce_customeridentity i ON i.external_id IN (a.text, {gid} || a.text)
            AND i.source LIKE 'shopify%%'"""),
}
_ASKED = sql.SQL("""(SELECT place, text, source FROM unnest(%(kinds)s::text[], %(texts)s::text[],
    %(sources)s::text[]) WITH ORDINALITY AS one (kind, text, source, place)
    WHERE kind = {kind} OFFSET 0)""")


def facts_of(
    codes: Collection[str], people: Sequence[Person]
) -> tuple[dict[str, CodeFacts], list[PersonFacts]]:
    """Return folded code → its facts, and each person's, in one query.

    One query more for somebody whose customer was merged twice, which hardly ever happens.
    """
    found_codes, found_people = _read(codes, people)
    facts = [_person(one, row) for one, row in zip(people, found_people, strict=True)]
    for place, row in enumerate(found_people):
        if row["merged_into_id"] is not None:
            facts[place] = _survivor(codes, people[place], row["id"])
    return {row["code_key"]: _code(row) for row in found_codes}, facts


def _read(codes: Collection[str], people: Sequence[Person]) -> tuple[list[Any], list[Any]]:
    kinds = sorted({person.kind for person in people})
    parts: list[sql.Composable] = [
        _FOUND[kind].format(asked=_ASKED.format(kind=sql.Literal(kind)), gid=sql.Literal(SHOPIFY))
        for kind in kinds
    ]
    nobody = sql.SQL("SELECT NULL::bigint AS place, NULL::bigint AS customer_id WHERE false")
    statement = _FACTS.format(found=sql.SQL(" UNION ALL ").join(parts or [nobody]))
    asked = {
        "codes": list(codes),
        "kinds": [person.kind for person in people],
        "texts": [person.text for person in people],
        "sources": [person.source for person in people],
        "guests": [person.guest_key for person in people],
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        found: tuple[Any, Any] = cursor.fetchone()
    return found[0] or [], found[1] or []


def _survivor(codes: Collection[str], person: Person, absorbed: int) -> PersonFacts:
    customer = resolve(absorbed)
    if customer is None or customer.erased_at is not None:
        return PersonFacts(person)
    _, found = _read(codes, [by_number(customer.pk)])
    return replace(_person(person, found[0]), person=person)


def _person(person: Person, row: dict[str, Any]) -> PersonFacts:
    uses = {int(code): times for code, times in (row["uses"] or {}).items()}
    many = row["many"] or 0
    if row["id"] is None or many > 1:
        return PersonFacts(person, many=many if many > 1 else 0, uses=uses)
    return PersonFacts(person, row["id"], many, frozenset(row["segments"]), uses)


def _code(row: dict[str, Any]) -> CodeFacts:
    plain = ("id", "code", "discount", "match", "most_total", "most_each", "unknown", "state")
    return CodeFacts(
        **{name: row[name] for name in plain},
        value=None if row["value"] is None else Decimal(row["value"]),
        starts_at=_moment(row["starts_at"]),
        ends_at=_moment(row["ends_at"]),
        redeemed_count=row["redeemed_count"],
        sides=tuple(_side(side) for side in row["sides"] or ()),
    )


def _side(row: dict[str, Any]) -> Side:
    plain = ("id", "slug", "name", "kind", "state")
    return Side(
        **{name: row[name] for name in plain},
        refreshed_at=_moment(row["refreshed_at"]),
        is_excluded=row["side"] == PromoSegment.Side.EXCLUDE,
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
