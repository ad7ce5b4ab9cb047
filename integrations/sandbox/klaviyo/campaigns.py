"""Campaigns from draft to sent, and templates."""

from typing import Any

from integrations.sandbox.klaviyo.calls import (
    READ,
    WRITE,
    Call,
    Reply,
    link,
    operation,
    page,
    size_of,
)
from integrations.sandbox.klaviyo.clock import written
from integrations.sandbox.klaviyo.lists import PAGING
from integrations.sandbox.klaviyo.problems import conflict, invalid, not_found
from integrations.sandbox.klaviyo.reading import check_names, check_type

NAMES = frozenset(
    ["name", "audiences", "send_strategy", "send_options", "tracking_options", "campaign-messages"]
)


def _campaign(call: Call, id: str = "") -> dict[str, Any]:
    found = call.account.campaigns.get(id or call.id)
    if found is None:
        raise not_found("campaign", id or call.id)
    return found


def _show(campaign: dict[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in campaign.items() if name != "id"}
    links = link(f"campaigns/{campaign['id']}")
    return {"type": "campaign", "id": campaign["id"], "attributes": told, "links": links}


@operation("POST", "/campaigns", "create_campaign", WRITE, "campaigns:write")
def create_campaign(call: Call) -> Reply:
    check_type(call.data, "campaign")
    check_names(call.attributes, NAMES, resource="campaign")
    given = call.attributes
    known = call.account.lists.keys() | call.account.segments.keys()
    for id in given["audiences"].get("included", []):
        if id not in known:
            raise invalid(f"Audience {id} does not exist.", pointer="/data/attributes/audiences")
    id, moment = call.account.next_id("C", length=26), written(call.now)
    campaign = {
        "id": id,
        "name": given["name"],
        "status": "Draft",
        "archived": False,
        "audiences": {"excluded": [], **given["audiences"]},
        "send_options": given.get("send_options") or {"use_smart_sending": True},
        "tracking_options": {"is_tracking_clicks": True, "is_tracking_opens": True},
        "send_strategy": given.get("send_strategy") or {"method": "immediate"},
        "created_at": moment,
        "scheduled_at": None,
        "updated_at": moment,
        "send_time": None,
    }
    call.account.campaigns[id] = campaign
    for message in given["campaign-messages"]["data"]:
        message_id = call.account.next_id("G", length=26)
        call.account.messages[message_id] = {
            "id": message_id,
            "campaign": id,
            "definition": message["attributes"]["definition"],
            "template": None,
            "created": call.now,
        }
    return Reply({"data": _show(campaign)}, 201)


@operation("GET", "/campaigns", "get_campaigns", WRITE, "campaigns:read", params=PAGING)
def get_campaigns(call: Call) -> Reply:
    if "messages.channel" not in call.params.get("filter", ""):
        raise invalid("A filter on 'messages.channel' is required.", parameter="filter")
    rows = sorted(call.account.campaigns.values(), key=lambda one: one["id"])
    return page(call, rows, key=lambda one: one["id"], show=_show, size=100)


@operation("GET", "/campaigns/{id}", "get_campaign", WRITE, "campaigns:read", params="include")
def get_campaign(call: Call) -> Reply:
    return Reply({"data": _show(_campaign(call))})


@operation("DELETE", "/campaigns/{id}", "delete_campaign", WRITE, "campaigns:write")
def delete_campaign(call: Call) -> Reply:
    del call.account.campaigns[_campaign(call)["id"]]
    return Reply(None, 204)


@operation(
    "GET", "/campaigns/{id}/campaign-messages", "get_messages_for_campaign", WRITE,
    "campaigns:read", params="include",
)  # fmt: skip
def get_messages_for_campaign(call: Call) -> Reply:
    campaign = _campaign(call)
    found = [one for one in call.account.messages.values() if one["campaign"] == campaign["id"]]
    return Reply({"data": [_show_message(one) for one in found]})


def _show_message(message: dict[str, Any]) -> dict[str, Any]:
    moment = written(message["created"])
    told = {
        "definition": message["definition"],
        "send_times": [],
        "created_at": moment,
        "updated_at": moment,
    }
    links = link(f"campaign-messages/{message['id']}")
    return {"type": "campaign-message", "id": message["id"], "attributes": told, "links": links}


@operation(
    "POST", "/campaign-message-assign-template", "assign_template_to_campaign_message", WRITE,
    "campaigns:write", "templates:read",
)  # fmt: skip
def assign_template(call: Call) -> Reply:
    check_type(call.data, "campaign-message")
    message = call.account.messages.get(call.data.get("id", ""))
    template = call.data["relationships"]["template"]["data"]["id"]
    if message is None:
        raise not_found("campaign-message", str(call.data.get("id")))
    if template not in call.account.templates:
        raise not_found("template", template)
    message["template"] = template
    one = _show_message(message)
    said = message["definition"]  # this answer alone is flat
    one["attributes"] |= {
        "label": said.get("label", ""),
        "channel": said["channel"],
        "content": said.get("content", {}),
    }
    return Reply({"data": one})


@operation(
    "POST", "/campaign-recipient-estimation-jobs", "refresh_campaign_recipient_estimation", WRITE,
    "campaigns:read",
)  # fmt: skip
def estimate(call: Call) -> Reply:
    id = _campaign(call, str(call.data.get("id")))["id"]
    return Reply({"data": _job("campaign-recipient-estimation-job", id, "queued")}, 202)


@operation(
    "GET", "/campaign-recipient-estimation-jobs/{id}", "get_campaign_recipient_estimation_job",
    WRITE, "campaigns:read",
)  # fmt: skip
def estimation_job(call: Call) -> Reply:
    return Reply(
        {"data": _job("campaign-recipient-estimation-job", _campaign(call)["id"], "complete")}
    )


@operation(
    "GET", "/campaign-recipient-estimations/{id}", "get_campaign_recipient_estimation", WRITE,
    "campaigns:read",
)  # fmt: skip
def estimation(call: Call) -> Reply:
    campaign = _campaign(call)
    profiles = call.account.profiles
    groups = call.account.lists | call.account.segments
    people = {id for name in campaign["audiences"]["included"] for id in groups[name].members}
    count = sum(not profiles[id].suppressions for id in people)
    one = {
        "type": "campaign-recipient-estimation",
        "id": campaign["id"],
        "attributes": {"estimated_recipient_count": count},
        "links": link(f"campaign-recipient-estimations/{campaign['id']}"),
    }
    return Reply({"data": one})


def _job(kind: str, id: str, status: str) -> dict[str, Any]:
    links = link(f"{kind}s/{id}")
    return {"type": kind, "id": id, "attributes": {"status": status}, "links": links}


@operation("POST", "/campaign-send-jobs", "send_campaign", WRITE, "campaigns:write")
def send_campaign(call: Call) -> Reply:
    campaign = _campaign(call, str(call.data.get("id")))
    if campaign["status"] != "Draft":
        raise conflict("The campaign has been sent already.")
    campaign |= {"status": "Sent", "send_time": written(call.now)}
    return Reply({"data": _job("campaign-send-job", campaign["id"], "queued")}, 202)


@operation("GET", "/templates", "get_templates", READ, "templates:read", params=PAGING)
def get_templates(call: Call) -> Reply:
    rows = sorted(call.account.templates.values(), key=lambda one: one["id"])
    size = size_of(call, default=10, most=10)
    return page(call, rows, key=lambda one: one["id"], show=_show_template, size=size)


def _show_template(template: dict[str, Any]) -> dict[str, Any]:
    moment = written(template["created"])
    told = {
        "name": template["name"],
        "editor_type": "CODE",
        "html": "<p>Hello</p>",
        "text": None,
        "amp": None,
        "created": moment,
        "updated": moment,
    }
    links = link(f"templates/{template['id']}")
    return {"type": "template", "id": template["id"], "attributes": told, "links": links}
