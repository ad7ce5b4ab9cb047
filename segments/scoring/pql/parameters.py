"""What a PQL score is made of: groups and their weights, signals, the threshold."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from segments.rules.errors import RuleError
from segments.scoring.beside.boxes import Boxes
from segments.scoring.beside.rules import Known, Rule, read_rule, told
from segments.scoring.engagement.parameters import has_sessions
from segments.scoring.pql.signals import GROUPS, MOST, SIGNALS

DEFAULTS: dict[str, Any] = {
    "is_on": None,  # where the store has sessions of a product
    "weight_behaviour": "0.60",
    "weight_fit": "0.25",
    "weight_engagement": "0.15",
    "threshold": "70",
    "signals": None,  # the shipped ones
}
URGENCY = ""


def read(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return all parameters, signals with their rules as this store has them, by box if wrong."""
    boxes = Boxes(stored, DEFAULTS)
    is_on = boxes.raw("is_on")
    found: dict[str, Any] = {"is_on": has_sessions() if is_on is None else bool(is_on)}
    for group, _ in GROUPS:
        found[f"weight_{group}"] = boxes.number(f"weight_{group}", most=1_000)
    found["threshold"] = boxes.number("threshold", most=100)
    if not sum(Decimal(found[f"weight_{group}"]) for group, _ in GROUPS):
        boxes.fault("weight_behaviour", "Give at least one group a weight.")
    found["signals"] = _signals(boxes)
    boxes.raise_faults()
    return found


def shipped(known: Known) -> list[dict[str, Any]]:
    """Return the shipped signals; a rule of None asks for what the store has no data of."""
    return [
        {
            "key": signal.key,
            "label": signal.label,
            "group": signal.group,
            "worth": signal.worth,
            "rule": signal.rule(known),
        }
        for signal in SIGNALS
    ]


def _signals(boxes: Boxes) -> list[dict[str, Any]]:
    """Return the merchant's signals; a shipped one keeps its shipped rule until it is edited."""
    known = Known()
    own = boxes.raw("signals")
    defaults = {signal["key"]: signal for signal in shipped(known)}
    if own is None:
        own = [dict.fromkeys(("key",), key) for key in defaults]
    if not isinstance(own, list) or len(own) > MOST:
        boxes.fault("signals", f"A score has {MOST} signals at most.")
        return []
    return [
        _signal(boxes, given, defaults.get(str(given.get("key")), {}), known)
        for given in own
        if isinstance(given, dict)
    ]


def _signal(
    boxes: Boxes, given: Mapping[str, Any], default: Mapping[str, Any], known: Known
) -> dict[str, Any]:
    told = {**default, **given}
    key = str(told.get("key", ""))[:32]
    label = str(told.get("label", "")).strip()[:80]
    group = str(told.get("group", ""))
    if not label:
        boxes.fault(f"signal-{key}-label", "Give the signal a name.")
    if group not in (URGENCY, *dict(GROUPS)):
        boxes.fault(f"signal-{key}-group", "Choose behaviour, fit, engagement or urgency.")
    one = Boxes({"worth": told.get("worth")}, {"worth": "0"})
    worth = one.number("worth", least=1 if group == URGENCY else 0, most=10 if not group else 1000)
    for text in one.faults.get("worth", ()):
        boxes.fault(f"signal-{key}-worth", text)
    if group and Decimal(worth) % 1:
        boxes.fault(f"signal-{key}-worth", "Enter a whole number of points.")
    rule = _rule(boxes, key, told.get("rule"), known)
    return {"key": key, "label": label, "group": group, "worth": worth, "rule": rule}


def _rule(boxes: Boxes, key: str, raw: Any, known: Known) -> Rule | None:
    if not raw:
        return None
    try:
        return read_rule(raw, known.catalogue, of="pql")
    except RuleError as error:
        boxes.fault(f"signal-{key}-rule", told(error))
        return None
