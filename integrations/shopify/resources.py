"""The two kinds of records that are mirrored: how each is asked for, and how far sweeps overlap."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from integrations.models import ShopifyMirror, ShopifyStore
from integrations.shopify.client import ShopifyClient
from integrations.shopify.mappers import Item, Json, customer_item, order_item

LINES = 50  # of an order with its page; 99 in 100 orders have fewer
MORE_LINES = 250


@dataclass(frozen=True)
class Resource:
    """One kind of record of a shop."""

    key: str
    label: str  # in sentences: "customers"
    table: str  # where its records stand under (source, external_id)
    kind: str  # in gids
    page: str  # the documents that ask for it
    by_id: str
    bulk: str
    bulk_ids: str
    page_size: int
    # A sweep begins so much before the watermark. Shopify matches customers by whole days.
    overlap: timedelta
    scope: str
    to_item: Callable[[ShopifyClient, ShopifyStore, Json], Item]
    variables: tuple[tuple[str, Any], ...] = ()

    def gid(self, external_id: str) -> str:
        """Return the shop's name of a record."""
        return f"gid://shopify/{self.kind}/{external_id}"


def _customer(client: ShopifyClient, store: ShopifyStore, node: Json) -> Item:
    return customer_item(node)


def _order(client: ShopifyClient, store: ShopifyStore, node: Json) -> Item:
    return order_item(node, lines=all_lines(client, node), store=store.handle)


def all_lines(client: ShopifyClient, node: Json) -> list[Json]:
    """Return all lines of an order, asking for those that did not fit its page."""
    found = node["lineItems"]
    lines, place = list(found["nodes"]), found["pageInfo"]
    while place["hasNextPage"]:
        after = place["endCursor"]
        reply = client.ask("order_lines", id=node["id"], first=MORE_LINES, after=after)
        order = reply.data.get("order")
        if order is None:  # gone meanwhile: the next look removes it
            break
        lines += order["lineItems"]["nodes"]
        place = order["lineItems"]["pageInfo"]
        if place["endCursor"] == after:
            break
    return lines


CUSTOMERS = Resource(
    key=ShopifyMirror.Resource.CUSTOMERS,
    label="customers",
    table="commerce_customeridentity",
    kind="Customer",
    page="customers",
    by_id="customers_by_id",
    bulk="bulk_customers",
    bulk_ids="bulk_customer_ids",
    page_size=250,
    overlap=timedelta(days=1),
    scope="read_customers",
    to_item=_customer,
)
ORDERS = Resource(
    key=ShopifyMirror.Resource.ORDERS,
    label="orders",
    table="commerce_order",
    kind="Order",
    page="orders",
    by_id="orders_by_id",
    bulk="bulk_orders",
    bulk_ids="bulk_order_ids",
    page_size=50,
    overlap=timedelta(minutes=5),
    scope="read_orders",
    to_item=_order,
    variables=(("lines", LINES),),
)
RESOURCES: dict[str, Resource] = {each.key: each for each in (CUSTOMERS, ORDERS)}


def mirror_of(store: ShopifyStore, resource: Resource) -> ShopifyMirror:
    """Return the row that says how far the mirror reaches."""
    return ShopifyMirror.objects.get_or_create(store=store, resource=resource.key)[0]
