"""Which customer a person is: old ids that lead on, and guests who turn out to be known."""

from collections.abc import Sequence
from datetime import date

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from commerce import order_followers
from commerce.counting import settle
from commerce.models import Customer, CustomerIdentity, DataSource

# A merge of a merge of a merge: nobody gets there, and a ring must not hang a page.
LONGEST_CHAIN = 50


def resolve(customer_id: int) -> Customer | None:
    """Return the customer that `customer_id` stands for now, through any merges; None if gone."""
    for _ in range(LONGEST_CHAIN):
        customer = Customer.objects.filter(pk=customer_id).first()
        if customer is None or customer.merged_into_id is None:
            return customer
        customer_id = customer.merged_into_id
    return None


def own_ids(customers: Sequence[int]) -> dict[int, str]:
    """Return customer → the id of the primary source, else the first id any source has."""
    primary = DataSource.objects.filter(is_primary=True).values_list("key", flat=True).first()
    rows = CustomerIdentity.objects.filter(customer__in=customers).order_by("-id")
    found = list(rows.values_list("customer_id", "source", "external_id"))
    found.sort(key=lambda row: row[1] == primary)  # the last one of a customer stays
    return {customer: external_id for customer, _, external_id in found}


# Only an address that exactly one living customer has says who somebody is. A source that does not
# share its people with the others knows only its own.
_ADOPT = """
    CREATE TEMPORARY TABLE adopted_orders ON COMMIT DROP AS
    WITH known AS (
        SELECT min(c.id) AS id, c.email_key
        FROM commerce_customer c
        WHERE c.merged_into_id IS NULL AND c.erased_at IS NULL AND c.email_key IN (
            SELECT email_key FROM commerce_customer
            WHERE id IN ({customers}) AND email_key <> ''
        )
        GROUP BY c.email_key HAVING count(*) = 1
    ), adopted AS (
        UPDATE commerce_order o SET customer_id = known.id, email_key = ''
        FROM known
        WHERE o.customer_id IS NULL AND o.email_key <> '' AND o.email_key = known.email_key
            AND (
                NOT EXISTS (
                    SELECT FROM commerce_datasource s WHERE s.key = o.source AND NOT s.shares_people
                ) OR EXISTS (
                    SELECT FROM commerce_customeridentity i
                    WHERE i.customer_id = known.id AND i.source = o.source
                )
            )
        RETURNING o.id
    )
    SELECT id FROM adopted
"""


def adopt_guests(cursor: CursorWrapper, customers: sql.Composable, *, on: date) -> int:
    """Give guest orders to those of `customers` whose e-mail they carry; return how many orders.

    Ingest calls it after writing customers and before it refreshes them. `on`: today.
    """
    cursor.execute("DROP TABLE IF EXISTS adopted_orders")
    cursor.execute(sql.SQL(_ADOPT).format(customers=customers))
    adopted = cursor.rowcount
    if adopted:
        orders = sql.SQL("SELECT id FROM adopted_orders")
        settle(cursor, orders, on=on)
        order_followers.follow(cursor, orders, on=on)
    return adopted
