"""The control pages `/sandbox/…`: whoever runs the sandbox decides what happens in it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError

from integrations.sandbox.shopify.changes import Changes
from integrations.sandbox.shopify.changes_of_shop import ShopChanges
from integrations.sandbox.shopify.changing import NoSuchError
from integrations.sandbox.shopify.execution import Answer

if TYPE_CHECKING:
    from integrations.sandbox.shopify.sandbox import Sandbox
    from integrations.sandbox.shopify.shop import Shop

Made = dict[str, Any]
SETTINGS = ("bulk_seconds", "member_query_seconds", "bulk_failure", "version")
WEBHOOK_SETTINGS = (
    "target", "compliance_uri", "copies", "delay", "is_shuffled", "signs_with",
)  # fmt: skip


def answer_control(
    sandbox: "Sandbox", shop: "Shop", path: str, asked: Made, *, method: str
) -> Answer:
    """Answer a control call; what cannot be done is a 400 with the reason."""
    if method == "GET":
        return Answer(state(sandbox, shop))
    door, _, rest = path.removeprefix("/sandbox/").strip("/").partition("/")
    handler = DOORS.get(door)
    if handler is None:
        return Answer({"error": f"There is no /sandbox/{door}."}, status=404)
    try:
        return Answer(handler(sandbox, shop, rest, asked))
    except (TypeError, ValueError, KeyError, NoSuchError, GraphQLError) as error:
        return Answer({"error": str(error) or type(error).__name__}, status=400)


def state(sandbox: "Sandbox", shop: "Shop") -> Made:
    """Return what may be of interest about the sandbox now."""
    return {
        "shops": list(sandbox.shops),
        "shop": shop.plan.domain,
        "now": shop.now(),
        "customers": shop.store.count_customers(),
        "segments": {each["id"]: each["name"] for each in shop.segments.values()},
        "subscriptions": {each["topic"]: each["uri"] for each in shop.subscriptions.values()},
        "bulk": {each["id"]: each["status"] for each in shop.bulk.values()},
        "calls": sandbox.calls,
        "faults": [vars(fault) for fault in sandbox.faults.queue],
        "pending": len(sandbox.webhooks.pending),
    }


def _faults(sandbox: "Sandbox", _shop: "Shop", rest: str, asked: Made) -> Made:
    if rest == "clear":
        sandbox.faults.clear()
    else:
        sandbox.faults.add(asked.pop("kind"), **asked)
    return {"faults": [vars(fault) for fault in sandbox.faults.queue]}


def _clock(sandbox: "Sandbox", shop: "Shop", _rest: str, asked: Made) -> Made:
    if asked.get("freeze"):
        sandbox.clock.freeze()
    sandbox.clock.advance(float(asked.get("advance", 0)))
    sandbox.tick()
    return {"now": shop.now()}


def _settings(sandbox: "Sandbox", shop: "Shop", _rest: str, asked: Made) -> Made:
    for name, value in asked.items():
        if name == "points":
            for (_, where), bucket in sandbox.buckets.items():
                if where == shop.plan.domain:
                    bucket.points = float(value)
        elif name in SETTINGS:
            setattr(sandbox, name, value)
        else:
            raise ValueError(f"There is no setting {name}.")
    return {name: getattr(sandbox, name) for name in SETTINGS}


def _webhooks(sandbox: "Sandbox", _shop: "Shop", rest: str, asked: Made) -> Made:
    if rest == "send":
        sent = sandbox.webhooks.send_due()
        return {"sent": sent, "pending": len(sandbox.webhooks.pending)}
    for name, value in asked.items():
        if name not in WEBHOOK_SETTINGS:
            raise ValueError(f"There is no setting {name}.")
        setattr(sandbox.webhooks, name, value)
    return {name: getattr(sandbox.webhooks, name) for name in WEBHOOK_SETTINGS}


def _changes(sandbox: "Sandbox", shop: "Shop", rest: str, asked: Made) -> Made:
    """Do one of the changes by its name: `POST /sandbox/changes/add_order {"cents": 1200, …}`."""
    for kind in (Changes, ShopChanges):
        if not rest.startswith("_") and callable(getattr(kind, rest, None)):
            made = getattr(kind(sandbox, shop), rest)(**asked)
            return {"id": made["id"]} if isinstance(made, dict) else {}
    raise ValueError(f"There is no change {rest}.")


DOORS: dict[str, Callable[["Sandbox", "Shop", str, Made], Made]] = {
    "faults": _faults,
    "clock": _clock,
    "settings": _settings,
    "webhooks": _webhooks,
    "changes": _changes,
}
