"""The schema file with what answers each field put behind it."""

from pathlib import Path
from typing import Any

from graphql import (
    GraphQLObjectType,
    GraphQLResolveInfo,
    build_schema,
    get_named_type,
)

from integrations.sandbox.shopify import doors
from integrations.sandbox.shopify.call import Call
from integrations.sandbox.shopify.fields import FIELDS
from integrations.sandbox.shopify.refusals import access_denied

# Which scope it takes to read anything of a type.
SCOPES = {
    "Customer": "read_customers",
    "CustomerConnection": "read_customers",
    "CustomerSegmentMemberConnection": "read_customers",
    "CustomerSegmentMembersQuery": "read_customers",
    "CustomerSegmentMembersQueryCreatePayload": "read_customers",
    "SegmentMembershipResponse": "read_customers",
    "Segment": "read_customers",
    "SegmentConnection": "read_customers",
    "Order": "read_orders",
    "OrderApp": "read_orders",
    "OrderConnection": "read_orders",
    "LineItemConnection": "read_orders",
    "Refund": "read_orders",
    "Fulfillment": "read_orders",
    "Product": "read_products",
    "ProductVariant": "read_products",
    "TagsAddPayload": "write_customers",
    "TagsRemovePayload": "write_customers",
}
SCOPES_OF_FIELDS = {
    ("QueryRoot", "customersCount"): "read_customers",
    ("QueryRoot", "ordersCount"): "read_orders",
}


def resolve(source: Any, info: GraphQLResolveInfo, **arguments: Any) -> Any:
    """Answer a field: refuse it without its scope, work it out, or read it from the object."""
    call: Call = info.context
    parent, name = info.parent_type.name, info.field_name
    kind = get_named_type(info.return_type).name
    scope = SCOPES_OF_FIELDS.get((parent, name)) or SCOPES.get(kind)
    if scope and not call.may(scope):
        raise access_denied(name, scope)
    if parent == "QueryRoot":
        return doors.QUERIES[name](call, **arguments)
    if parent == "Mutation":
        return doors.MUTATIONS[name](call, **arguments)
    worked_out = FIELDS.get((parent, name))
    if worked_out:
        return worked_out(call, source, **arguments)
    return source.get(name)


def _type_of(value: Any, _info: GraphQLResolveInfo, _kind: Any) -> str:
    return str(value["_kind"])


def _make() -> Any:
    text = (Path(__file__).parent / "schema.graphql").read_text()
    schema = build_schema(text)
    for name in ("Node", "SegmentFilter"):
        schema.type_map[name].resolve_type = _type_of  # type: ignore[attr-defined]
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType):
            for field in kind.fields.values():
                if not kind.name.startswith("__"):
                    field.resolve = resolve
    return schema


SCHEMA = _make()
