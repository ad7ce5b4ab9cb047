"""Who the account is, and its flows."""

from typing import Any

from integrations.sandbox.klaviyo.calls import (
    FEW,
    FLOWS,
    Call,
    Reply,
    link,
    operation,
    page,
    size_of,
)
from integrations.sandbox.klaviyo.clock import written
from integrations.sandbox.klaviyo.lists import PAGING, list_of

BLANK = ("address1", "address2", "region", "country", "zip")


def show_flow(flow: dict[str, Any]) -> dict[str, Any]:
    """Return a flow as JSON."""
    told = {
        "name": flow["name"],
        "status": flow["status"],
        "archived": False,
        "created": written(flow["created"]),
        "updated": written(flow["created"]),
        "trigger_type": "Added to List" if flow["list"] else "Metric",
    }
    links = link(f"flows/{flow['id']}")
    return {"type": "flow", "id": flow["id"], "attributes": told, "links": links}


@operation(
    "GET", "/lists/{id}/flow-triggers", "get_flows_triggered_by_list", FLOWS, "flows:read",
    "lists:read", params="fields[flow]",
)  # fmt: skip
def get_flows_triggered_by_list(call: Call) -> Reply:
    group = list_of(call)
    found = [flow for flow in call.account.flows.values() if flow["list"] == group.id]
    return Reply({"data": [show_flow(flow) for flow in found]})


@operation("GET", "/flows", "get_flows", FLOWS, "flows:read", params=f"{PAGING} fields[flow]")
def get_flows(call: Call) -> Reply:
    rows = sorted(call.account.flows.values(), key=lambda flow: flow["id"])
    size = size_of(call, default=50, most=50)
    return page(call, rows, key=lambda flow: flow["id"], show=show_flow, size=size)


@operation("GET", "/accounts", "get_accounts", FEW, "accounts:read", params="fields[account]")
def get_accounts(call: Call) -> Reply:
    account = call.account
    address = dict.fromkeys(BLANK) | {"city": account.city}
    contact = {
        "default_sender_name": account.name,
        "default_sender_email": "hello@example.com",
        "website_url": None,
        "organization_name": account.name,
        "street_address": address,
    }
    told = {
        "test_account": False,
        "contact_information": contact,
        "industry": None,
        "timezone": "Europe/London",
        "preferred_currency": "GBP",
        "public_api_key": account.id,
        "locale": "en-GB",
    }
    links = link(f"accounts/{account.id}")
    one = {"type": "account", "id": account.id, "attributes": told, "links": links}
    return Reply({"data": [one]})
