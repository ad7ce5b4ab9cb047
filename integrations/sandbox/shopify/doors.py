"""The fields of QueryRoot and Mutation: one function each, found by name."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from integrations.sandbox.shopify.ids import gid, read_gid
from integrations.sandbox.shopify.lists import (
    CUSTOMER_COUNT_FIELDS,
    ORDER_FIELDS,
    list_customers,
    list_orders,
    search_for,
)
from integrations.sandbox.shopify.refusals import access_denied, invalid_id, refusal

if TYPE_CHECKING:
    from integrations.sandbox.shopify.call import Call

Made = dict[str, Any]
Door = Callable[..., Any]
QUERIES: dict[str, Door] = {}
MUTATIONS: dict[str, Door] = {}
MOST_IDS = 250
SCOPE_OF_KIND = {"Customer": "read_customers", "Segment": "read_customers", "Order": "read_orders"}


def query(function: Door) -> Door:
    """Let a function answer the query of its name, written as the API writes it."""
    QUERIES[_named(function)] = function
    return function


def mutation(function: Door) -> Door:
    """Let a function answer the mutation of its name."""
    MUTATIONS[_named(function)] = function
    return function


def _named(function: Door) -> str:
    first, *rest = function.__name__.strip("_").split("_")
    return first + "".join(word.capitalize() for word in rest)


@query
def shop(call: "Call") -> Made:
    """Answer `shop`."""
    return call.shop.told()


@query
def current_app_installation(call: "Call") -> Made:
    """Answer which scopes the app has here."""
    return {
        "id": gid("AppInstallation", 500_000_001),
        "accessScopes": [{"handle": scope} for scope in call.token.scopes],
        "_kind": "AppInstallation",
    }


@query
def customers(call: "Call", **asked: Any) -> Made:
    """Answer a page of customers."""
    return list_customers(call, **asked)


@query
def orders(call: "Call", **asked: Any) -> Made:
    """Answer a page of orders."""
    return list_orders(call, **asked)


def _counted(found: int, limit: int | None) -> Made:
    if limit is not None and found > limit:
        return {"count": limit, "precision": "AT_LEAST"}
    return {"count": found, "precision": "EXACT"}


@query
def customers_count(call: "Call", query: str | None = None, limit: int | None = None) -> Made:
    """Answer how many customers there are; searched by id and two moments only."""
    search = search_for(call, "customersCount", query, CUSTOMER_COUNT_FIELDS)
    store = call.shop.store
    if not search.tests:
        return _counted(store.count_customers(), limit)
    return _counted(sum(map(search.finds, store.customers())), limit)


@query
def orders_count(
    call: "Call", query: str | None = None, limit: int | None = None, **_: Any
) -> Made:
    """Answer how many orders the app sees."""
    search = search_for(call, "ordersCount", query, ORDER_FIELDS)
    store = call.shop.store
    if not search.tests and call.may("read_all_orders"):
        return _counted(store.count_orders(), limit)
    found = (call.sees(order) and search.finds(order) for order in store.orders())
    return _counted(sum(found), limit)


def _kind(some_id: str) -> str:
    try:
        return read_gid(some_id)[0]
    except ValueError:
        raise invalid_id() from None


@query
def customer(call: "Call", id: str) -> Made | None:
    """Answer one customer, null when there is none."""
    if _kind(id) != "Customer":
        raise invalid_id()
    return call.shop.store.customer(id)


@query
def order(call: "Call", id: str) -> Made | None:
    """Answer one order, null when there is none that the app sees."""
    if _kind(id) != "Order":
        raise invalid_id()
    found = call.shop.store.order(id)
    return found if found and call.sees(found) else None


@query
def node(call: "Call", id: str) -> Made | None:
    """Answer whatever has this id."""
    kind = _kind(id)
    scope = SCOPE_OF_KIND.get(kind)
    if scope and not call.may(scope):
        raise access_denied("node", scope)
    if kind == "Customer":
        return customer(call, id=id)
    if kind == "Order":
        return order(call, id=id)
    shop = call.shop
    for kept in (shop.segments, shop.bulk, shop.asked, shop.subscriptions):
        if id in kept:
            return kept[id]
    return shop.told() if kind == "Shop" else None


@query
def nodes(call: "Call", ids: list[str]) -> list[Made | None]:
    """Answer what has these ids, null for each that nothing has."""
    if len(ids) > MOST_IDS:
        raise refusal(
            f"The input array size of {len(ids)} is greater than the maximum allowed of"
            f" {MOST_IDS}.",
            "MAX_INPUT_SIZE_EXCEEDED",
        )
    return [node(call, id=each) for each in ids]
