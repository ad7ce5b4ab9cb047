"""What the shop's lists can be searched by and sorted by."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from integrations.sandbox.shopify.ids import household_of, read_gid
from integrations.sandbox.shopify.paging import Key, Ordered, Walk, page, read_cursor
from integrations.sandbox.shopify.search import Field, Search, read_search

if TYPE_CHECKING:
    from integrations.sandbox.shopify.call import Call

Made = dict[str, Any]
LARGE = 50_000  # customers from which on only lists sorted by id are read as they come


def number_of(row: Made) -> int:
    """Return the number in a row's id."""
    return read_gid(row["id"])[1]


def email_of(customer: Made) -> str | None:
    """Return a customer's address."""
    return (customer["defaultEmailAddress"] or {}).get("emailAddress")


def _place(row: Made) -> Made:
    return row["defaultAddress"] or {}


CUSTOMER_COUNT_FIELDS = {
    "id": Field(number_of, "number"),
    "created_at": Field(lambda row: row["createdAt"], "moment"),
    "updated_at": Field(lambda row: row["updatedAt"], "moment"),
}
CUSTOMER_FIELDS: Mapping[str, Field] = {
    "id": Field(number_of, "number"),
    "customer_date": Field(lambda row: row["createdAt"], "day"),
    "updated_at": Field(lambda row: row["updatedAt"], "day"),
    "email": Field(email_of),
    "first_name": Field(lambda row: row["firstName"]),
    "last_name": Field(lambda row: row["lastName"]),
    "phone": Field(lambda row: (row["defaultPhoneNumber"] or {}).get("phoneNumber")),
    "state": Field(lambda row: row["state"]),
    "country": Field(lambda row: _place(row).get("country")),
    "tag": Field(lambda row: row["tags"], "words"),
    "tag_not": Field(lambda row: row["tags"], "words", is_not=True),
    "orders_count": Field(lambda row: row["numberOfOrders"], "number"),
    "total_spent": Field(lambda row: row["amountSpent"]["amount"], "number"),
}


def _told(row: Made, key: str, part: str) -> Any:
    return (row[key] or {}).get(part)


ORDER_FIELDS: Mapping[str, Field] = {
    "id": Field(number_of, "number"),
    "name": Field(lambda row: row["name"]),
    "created_at": Field(lambda row: row["createdAt"], "moment"),
    "processed_at": Field(lambda row: row["processedAt"], "moment"),
    "updated_at": Field(lambda row: row["updatedAt"], "moment"),
    "customer_id": Field(lambda row: (row.get("_customer") or "").rpartition("/")[2]),
    "email": Field(lambda row: row["email"]),
    "tag": Field(lambda row: row["tags"], "words"),
    "tag_not": Field(lambda row: row["tags"], "words", is_not=True),
    "source_name": Field(lambda row: row["sourceName"]),
    "channel": Field(lambda row: _told(row, "attribution", "handle")),
    "sales_channel": Field(lambda row: _told(row, "attribution", "handle")),
    "discount_code": Field(lambda row: row["discountCodes"], "words"),
    "financial_status": Field(lambda row: row["displayFinancialStatus"]),
    "fulfillment_status": Field(lambda row: row["displayFulfillmentStatus"]),
    "status": Field(lambda row: _status(row)),
    "test": Field(lambda row: str(row["test"])),
    "sku": Field(lambda row: [line["sku"] or "" for line in row["_lines"]], "words"),
}


def _status(order: Made) -> str:
    return "cancelled" if order["cancelledAt"] else "closed" if order["closedAt"] else "open"


SORTS: dict[str, dict[str, Callable[[Made], Any]]] = {
    "customers": {
        "CREATED_AT": lambda row: row["createdAt"],
        "UPDATED_AT": lambda row: row["updatedAt"],
        "NAME": lambda row: f"{row['lastName']}, {row['firstName']}",
    },
    "orders": {
        "CREATED_AT": lambda row: row["createdAt"],
        "PROCESSED_AT": lambda row: row["processedAt"],
        "UPDATED_AT": lambda row: row["updatedAt"],
        "TOTAL_PRICE": lambda row: row["_total"],
    },
}


def search_for(call: "Call", field: str, query: str | None, fields: Mapping[str, Field]) -> Search:
    """Read a list's query and leave its warnings with the call."""
    search = read_search(query, fields=fields, zone=call.shop.plan.zone)
    if search.warnings:
        call.warn(field, query or "", search.warnings)
    return search


def list_customers(call: "Call", *, query: str | None = None, **asked: Any) -> Made:
    """Return the connection `customers`."""
    search = search_for(call, "customers", query, CUSTOMER_FIELDS)
    return page(_walk(call, "customers", asked), finds=search.finds, **asked)


def list_orders(call: "Call", *, query: str | None = None, **asked: Any) -> Made:
    """Return the connection `orders`: of the last 60 days, unless the app may read all."""
    search = search_for(call, "orders", query, ORDER_FIELDS)
    finds = lambda row: call.sees(row) and search.finds(row)  # noqa: E731
    return page(_walk(call, "orders", asked), finds=finds, **asked)


def _walk(call: "Call", kind: str, asked: Made) -> Walk:
    sort = asked.get("sortKey") or "ID"
    store = call.shop.store
    if store.plan.customers > LARGE and sort not in SORTS[kind] and not asked.get("reverse"):
        return lambda after, _is_down: _walk_by_id(call, kind, after)
    key = SORTS[kind].get(sort, lambda _row: 0)  # by id, and by relevance, which nobody can tell
    # A large shop lists by moments only what was changed since it was opened: enough for sweeps.
    rows = (
        store.changed_rows if store.plan.customers > LARGE else lambda each: getattr(store, each)()
    )
    ordered = call.shop.ordered(kind, sort, lambda: Ordered(rows(kind), key))
    return lambda after, is_down: ordered.walk(after=after, is_down=is_down)


def _walk_by_id(call: "Call", kind: str, after: str | None) -> Iterator[tuple[Key, Made]]:
    """Yield a large shop's rows behind a cursor without sorting them all."""
    last = read_cursor(after)[1] if after else -1
    one = "Customer" if kind == "customers" else "Order"
    rows = getattr(call.shop.store, kind)(start=household_of(one, last) if after else 0)
    return (((0, number_of(row)), row) for row in rows if number_of(row) > last)
