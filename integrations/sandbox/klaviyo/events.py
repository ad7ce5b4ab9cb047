"""Events and their metrics."""

from datetime import datetime
from typing import Any

from integrations.sandbox.klaviyo.account import Happening
from integrations.sandbox.klaviyo.calls import (
    EVENTS,
    WRITE,
    Call,
    Reply,
    link,
    operation,
    padded,
    page,
    size_of,
)
from integrations.sandbox.klaviyo.clock import written
from integrations.sandbox.klaviyo.filters import MOMENTS, read_filter
from integrations.sandbox.klaviyo.lists import PAGING
from integrations.sandbox.klaviyo.people import show_profile
from integrations.sandbox.klaviyo.problems import invalid
from integrations.sandbox.klaviyo.reading import (
    check_names,
    check_type,
    read_one_profile,
    rows_of,
)

EVENT = frozenset(
    ["properties", "time", "value", "value_currency", "unique_id", "metric", "profile", "backfill"]
)
FILTERS = {"metric_id": "equals", "profile_id": "equals", "datetime": MOMENTS}
MOST_PROPERTIES = 400


def _moment(attributes: dict[str, Any], *, now: float) -> float:
    text = attributes.get("time")
    if not text:
        return now
    try:
        return datetime.fromisoformat(str(text).replace("Z", "+00:00")).timestamp()
    except ValueError:
        raise invalid("Invalid datetime.", pointer="/data/attributes/time") from None


def _keep(call: Call, attributes: dict[str, Any], *, profile: str) -> bool:
    """Record an event of a profile; False when its unique id is known."""
    check_names(attributes, EVENT, resource="event")
    properties = attributes.get("properties")
    if not isinstance(properties, dict) or len(properties) > MOST_PROPERTIES:
        raise invalid("'properties' is not valid.", pointer="/data/attributes/properties")
    metric = attributes["metric"]["data"]["attributes"]["name"]
    at = _moment(attributes, now=call.now)
    return call.account.record(
        call.account.metric_id(metric),
        profile,
        at=at,
        unique_id=str(attributes.get("unique_id") or int(at)),
        properties=properties,
        is_backfill=attributes.get("backfill"),
    )


@operation("POST", "/events", "create_event", EVENTS, "events:write")
def create_event(call: Call) -> Reply:
    check_type(call.data, "event")
    given = call.attributes.get("profile", {}).get("data", {})
    attributes = read_one_profile(dict(given.get("attributes") or {}))
    profile, _ = call.account.upsert(attributes)
    _keep(call, call.attributes, profile=profile.id)
    return Reply(None, 202)


@operation("POST", "/event-bulk-create-jobs", "bulk_create_events", WRITE, "events:write")
def bulk_create_events(call: Call) -> Reply:
    check_type(call.data, "event-bulk-create-job")
    at = "/data/attributes/events-bulk-create/data"
    given = call.attributes.get("events-bulk-create", {}).get("data")
    people = rows_of(given, most=1_000, pointer=at)
    rows = [
        (person["attributes"]["profile"]["data"].get("attributes") or {}, event["attributes"])
        for person in people
        for event in person["attributes"]["events"]["data"]
    ]
    rows_of(rows, most=1_000, pointer=at)
    keys = [(str(person), event.get("unique_id")) for person, event in rows]
    if len(set(keys)) < len(keys):
        raise invalid("unique_id must be unique within the request.", pointer=at)
    for person, event in rows:
        profile, _ = call.account.upsert(read_one_profile(dict(person), at=at))
        _keep(call, event, profile=profile.id)
    return Reply(None, 202)


@operation(
    "GET", "/events", "get_events", EVENTS, "events:read",
    params=f"{PAGING} fields[event] fields[profile] fields[metric] include",
)  # fmt: skip
def get_events(call: Call) -> Reply:
    asked = read_filter(call.params.get("filter", ""), fields=FILTERS, now=call.now)
    names = {"metric_id": "metric", "profile_id": "profile", "datetime": "at"}
    rows = [
        row
        for row in call.account.events
        if all(clause.holds(getattr(row, names[clause.field])) for clause in asked)
    ]

    def key(row: Happening) -> str:
        return padded(row.at, row.number)

    rows.sort(key=key)
    size = size_of(call, default=200, most=1_000)
    reply = page(call, rows, key=key, show=_show, size=size)
    if "profile" in call.params.get("include", "").split(","):
        ids = {one["relationships"]["profile"]["data"]["id"] for one in reply.body["data"]}
        known = call.account.profiles
        reply.body["included"] = [
            show_profile(known[id], params=call.params) for id in sorted(ids & known.keys())
        ]
    return reply


def _show(row: Happening) -> dict[str, Any]:
    told = {
        "timestamp": int(row.at),
        "event_properties": row.properties,
        "datetime": written(row.at),
        "uuid": row.id,
    }
    related = {
        "profile": {"data": {"type": "profile", "id": row.profile}},
        "metric": {"data": {"type": "metric", "id": row.metric}},
    }
    return {
        "type": "event",
        "id": row.id,
        "attributes": told,
        "relationships": related,
        "links": link(f"events/{row.id}"),
    }


@operation(
    "GET", "/metrics", "get_metrics", WRITE, "metrics:read",
    params="page[cursor] filter fields[metric] include",
)  # fmt: skip
def get_metrics(call: Call) -> Reply:
    known = {"integration.name": "equals", "integration.category": "equals"}
    asked = read_filter(call.params.get("filter", ""), fields=known, now=call.now)
    rows = [
        metric
        for metric in sorted(call.account.metrics.values(), key=lambda one: one["id"])
        if all(one.field != "integration.name" or one.holds(metric["from"]) for one in asked)
    ]
    return page(call, rows, key=lambda one: one["id"], show=_show_metric, size=200)


def _show_metric(metric: dict[str, Any]) -> dict[str, Any]:
    moment = written(metric["created"])
    maker = {"object": "integration", "id": "X", "name": metric["from"], "category": "Internal"}
    told = {"name": metric["name"], "created": moment, "updated": moment, "integration": maker}
    links = link(f"metrics/{metric['id']}")
    return {"type": "metric", "id": metric["id"], "attributes": told, "links": links}
