"""Facts that events tell about a customer: the latest mapped event decides, by declared mapping.

Staff's own word and a newer record of the source stand; a fact nobody has told yet is taken from
any event, however old.
"""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from psycopg import sql

from commerce import attributes, rollups, stale, vocabulary
from commerce.models import AttributeDefinition, FactMapping
from tenants import audit, jobs
from tenants.schema import connection

JOB = "tell_facts"
CHANGED = sql.SQL("SELECT id FROM pg_temp.told_customers")

_MAKE = "CREATE TEMPORARY TABLE told_customers (id bigint PRIMARY KEY) ON COMMIT DROP"
_ADVANCE = sql.SQL("""
    WITH told AS (
        SELECT DISTINCT ON (e.customer_id, f.attribute) e.customer_id, f.attribute, e.occurred_at,
               CASE WHEN f.property = '' THEN f.constant ELSE e.properties -> f.property END
                   AS value
        FROM (SELECT DISTINCT customer_id FROM ({customers}) AS who (customer_id)) t
        JOIN commerce_event e ON e.customer_id = t.customer_id
        JOIN commerce_factmapping f ON f.event = e.name
        WHERE e.occurred_on <= {on} AND (f.property = ''
            OR jsonb_typeof(e.properties -> f.property) NOT IN ('null', 'object'))
        ORDER BY e.customer_id, f.attribute, e.occurred_at DESC, e.id DESC
    ), wanted AS (
        SELECT c.id, jsonb_object_agg(t.attribute, t.value) AS told
        FROM told t JOIN commerce_customer c ON c.id = t.customer_id
        WHERE c.erased_at IS NULL AND c.merged_into_id IS NULL
          AND coalesce((c.staff_set_at ->> ('attributes.' || t.attribute))::timestamptz,
                       '-infinity') < t.occurred_at
          AND (NOT c.attributes ? t.attribute OR c.source_at IS NULL
               OR c.source_at <= t.occurred_at)
        GROUP BY c.id
    ), written AS (
        UPDATE commerce_customer c SET attributes = c.attributes || w.told FROM wanted w
        WHERE w.id = c.id AND c.attributes || w.told <> c.attributes RETURNING c.id
    )
    INSERT INTO pg_temp.told_customers SELECT id FROM written
""")


def advance(cursor: Any, customers: sql.Composable, *, on: date) -> bool:
    """Write what the events of these customers tell up to a local day; say if anybody changed.

    Leaves the changed in `CHANGED`, their numbers and marks to the caller, in its transaction.
    """
    cursor.execute("DROP TABLE IF EXISTS pg_temp.told_customers")
    cursor.execute(_MAKE)
    if not FactMapping.objects.exists():
        return False
    cursor.execute(_ADVANCE.format(customers=customers, on=sql.Literal(on)))
    if not cursor.rowcount:
        return False
    vocabulary.learn_attributes(cursor, CHANGED)
    return True


def advance_everybody(*, on: date) -> int:
    """Apply the mappings to all events there are; return how many customers changed."""
    with transaction.atomic(), connection.cursor() as cursor:
        day = rollups.stand_at(cursor, on=on)
        everybody = sql.SQL(
            "SELECT customer_id FROM commerce_event WHERE customer_id IS NOT NULL"
            " AND name IN (SELECT event FROM commerce_factmapping)"
        )
        if not advance(cursor, everybody, on=day):
            return 0
        stale.mark(cursor, CHANGED, facts="profile", cause="definition")
        cursor.execute("SELECT count(*) FROM pg_temp.told_customers")
        changed: int = cursor.fetchone()[0]
        return changed


@transaction.atomic
def declare(
    *, event: str, attribute: str, prop: str = "", constant: str = "", by: audit.Actor
) -> FactMapping:
    """Keep a mapping and apply it to what is known; raise ValidationError by box."""
    definition = AttributeDefinition.objects.filter(key=attribute).first()
    if definition is None:
        raise ValidationError({"attribute": "Choose one of your custom attributes."})
    if not event or len(event) > 64:
        raise ValidationError({"event": "Choose an event."})
    if bool(prop) == bool(constant):
        raise ValidationError({"constant": "Give either a property of the event or a value."})
    value = None
    if constant:
        try:
            value = attributes.parse(constant, kind=definition.kind)
        except ValueError as error:
            raise ValidationError({"constant": str(error)}) from None
    mapping, _ = FactMapping.objects.update_or_create(
        event=event, attribute=attribute, defaults={"property": prop[:100], "constant": value}
    )
    audit.record(by, "fact_mapping", mapping, event=event, attribute=attribute)
    jobs.start(JOB)
    return mapping


@transaction.atomic
def withdraw(mapping: FactMapping, *, by: audit.Actor) -> None:
    """Take a mapping away; what it told stays."""
    audit.record(by, "fact_mapping_removed", mapping, event=mapping.event)
    mapping.delete()
