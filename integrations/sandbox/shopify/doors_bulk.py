"""The doors of bulk operations."""

from typing import TYPE_CHECKING, Any

from integrations.sandbox.shopify import bulk
from integrations.sandbox.shopify.bulk_shape import BulkRefusedError
from integrations.sandbox.shopify.doors import mutation, query
from integrations.sandbox.shopify.lists import number_of, search_for
from integrations.sandbox.shopify.paging import Ordered, page
from integrations.sandbox.shopify.search import Field

if TYPE_CHECKING:
    from integrations.sandbox.shopify.call import Call

Made = dict[str, Any]
BULK_FIELDS = {
    "id": Field(number_of, "number"),
    "status": Field(lambda row: row["status"]),
    "operation_type": Field(lambda row: row["type"]),
    "created_at": Field(lambda row: row["createdAt"], "moment"),
}


@mutation
def bulk_operation_run_query(call: "Call", query: str, **asked: Any) -> Made:
    """Begin a bulk operation."""
    try:
        operation = bulk.begin(call, query, is_grouped=asked.get("groupObjects", False))
    except BulkRefusedError as error:
        is_full = "in progress" in str(error)
        told = {
            "code": "OPERATION_IN_PROGRESS" if is_full else "INVALID",
            "field": None if is_full else ["query"],
            "message": str(error),
        }
        return {"bulkOperation": None, "userErrors": [told]}
    return {"bulkOperation": operation, "userErrors": []}


@mutation
def bulk_operation_cancel(call: "Call", id: str) -> Made:
    """Ask a bulk operation to stop."""
    operation = call.shop.bulk.get(id)
    if operation is None:
        told = {"field": ["id"], "message": "Bulk operation does not exist"}
        return {"bulkOperation": None, "userErrors": [told]}
    if operation["status"] not in bulk.AT_WORK:
        status = operation["status"].lower()
        words = f"A bulk operation cannot be canceled when it is {status}"
        return {"bulkOperation": operation, "userErrors": [{"field": None, "message": words}]}
    bulk.cancel(call.shop, operation)
    return {"bulkOperation": operation, "userErrors": []}


@query
def bulk_operation(call: "Call", id: str) -> Made | None:
    """Answer how far an operation is."""
    return call.shop.bulk.get(id)


@query
def bulk_operations(call: "Call", query: str | None = None, **asked: Any) -> Made:
    """Answer a page of operations."""
    search = search_for(call, "bulkOperations", query, BULK_FIELDS)
    asked.pop("sortKey", None)
    rows = Ordered(call.shop.bulk.values(), lambda row: row["createdAt"])
    return page(
        lambda after, down: rows.walk(after=after, is_down=down), finds=search.finds, **asked
    )


@query
def current_bulk_operation(call: "Call", **_: Any) -> Made | None:
    """Answer the operation begun last."""
    return next(reversed(call.shop.bulk.values()), None)
