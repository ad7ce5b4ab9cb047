"""From copied rows to the staging tables of commerce: what a row of each shape stands for."""

from typing import Any, NamedTuple

from psycopg import sql

from commerce.ingest.columns import ORDER_TOLD, PROFILE
from integrations.csv.fields import Kind
from integrations.csv.mapping import Mapping

_PERSON_COLUMNS = [
    *PROFILE, "email_key", "phone_key", "region_key", "city_key", "first_key", "last_key",
    "tier_key", "tag_keys",
]  # fmt: skip

# Every column a file of orders can fill; those it has not stay NULL.
ORDER_ROW = {
    "row_no": "bigint",
    "content": "text",
    "customer_id": "text",
    **{
        name: PROFILE.get(name, "text")
        for name in _PERSON_COLUMNS
        if name not in ("tags", "tag_keys")
    },
    **ORDER_TOLD,
    "placed_at": "timestamptz",
    "updated_at": "timestamptz",
    "refunded_at": "timestamptz",
    "subtotal": "numeric",
    "refunded": "numeric",
    "product": "text",
    "product_key": "text",
    "sku": "text",
    "category": "text",
    "category_key": "text",
    "vendor": "text",
    "quantity": "numeric",
    "price": "numeric",
    "line_discount": "numeric",
    "line_total": "numeric",
    "unit_cost": "numeric",
}
CUSTOMER_ROW = {
    "row_no": "bigint",
    "content": "text",
    "customer_id": "text",
    "updated_at": "timestamptz",
    **PROFILE,
    **{name: "text" for name in _PERSON_COLUMNS if name not in PROFILE},
    "tag_keys": "text[]",
    "attributes": "jsonb",
}
EVENT_ROW = {
    "row_no": "bigint",
    "content": "text",
    "customer_id": "text",
    "email": "text",
    "email_key": "text",
    "event": "text",
    "event_id": "text",
    "occurred_at": "timestamptz",
    "attributes": "jsonb",
}
ROW_COLUMNS = {Kind.ORDERS: ORDER_ROW, Kind.CUSTOMERS: CUSTOMER_ROW, Kind.EVENTS: EVENT_ROW}


class Rejection(NamedTuple):
    """A row that was not taken; without its cells when only the database could tell."""

    line: int
    reason: str
    cells: tuple[str, ...] = ()


_CREATE = "CREATE TEMP TABLE csv_row ({}) ON COMMIT DROP"

_MONEY = ("total", "subtotal", "discount_total", "tax_total", "shipping_total", "refunded", "price",
          "line_discount", "line_total", "unit_cost")  # fmt: skip
_CONVERT = """
    UPDATE pg_temp.csv_row SET currency = %(currency)s, {amounts} WHERE currency = %(from)s
"""

# The last row that tells anything about a person tells it all: a city of one row never stands
# beside the country of another.
_PEOPLE = """
    INSERT INTO pg_temp.stage_person (ref, external_id, is_partial, source_at, {names})
    SELECT DISTINCT ON (ref) ref, customer_id, {is_partial},
           coalesce({moment}, %(started_at)s), {names}
    FROM (SELECT *, coalesce(customer_id, email_key) AS ref FROM pg_temp.csv_row) r
    WHERE ref IS NOT NULL
    ORDER BY ref, num_nonnulls({names}) > 0 DESC, {moment} DESC NULLS LAST, row_no DESC
"""
_BARE_PEOPLE = """
    INSERT INTO pg_temp.stage_person (ref, external_id, is_partial, source_at)
    SELECT customer_id, customer_id, true, %(started_at)s
    FROM pg_temp.csv_row WHERE customer_id IS NOT NULL GROUP BY customer_id
"""


def create(cursor: Any, *, kind: str) -> None:
    """Make the table that a chunk is copied into; it is gone with the transaction."""
    body = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(type_))  # type: ignore[arg-type]
        for name, type_ in ROW_COLUMNS[Kind(kind)].items()
    )
    cursor.execute("DROP TABLE IF EXISTS pg_temp.csv_row")  # a trial keeps its transaction open
    cursor.execute(sql.SQL(_CREATE).format(body))


def people(cursor: Any, *, mapping: Mapping, names: list[str], values: dict[str, Any]) -> None:
    """Stage the persons that the rows name, each once."""
    told = [name for name in names if name in _PERSON_COLUMNS]
    is_customers = mapping.kind == Kind.CUSTOMERS
    if is_customers and "attributes" in names:
        told.append("attributes")
    if mapping.kind == Kind.ORDERS:
        told = [name for name in told if name not in ("tags", "tag_keys")]
    if not told:
        cursor.execute(_BARE_PEOPLE, values)
        return
    moment = {Kind.ORDERS: "placed_at", Kind.EVENTS: "occurred_at"}.get(
        Kind(mapping.kind), "updated_at"
    )
    cursor.execute(
        sql.SQL(_PEOPLE).format(
            names=sql.SQL(", ").join(map(sql.Identifier, told)),
            moment=sql.Identifier(moment),
            is_partial=sql.Literal(not is_customers),
        ),
        values,
    )


def convert(cursor: Any, *, mapping: Mapping, values: dict[str, Any]) -> None:
    """Turn amounts of currencies with a rate into the merchant's own."""
    for code, rate in mapping.rates.items():
        amounts = sql.SQL(", ").join(
            sql.SQL("{0} = round({0} * {1}::numeric, 4)").format(
                sql.Identifier(name), sql.Literal(str(rate))
            )
            for name in _MONEY
        )
        cursor.execute(sql.SQL(_CONVERT).format(amounts=amounts), {**values, "from": code})
