"""Which stages there are, in which order, and by which rules."""

import re
from collections.abc import Mapping
from typing import Any

from segments.models import ScoreSettings
from segments.rules.errors import RuleError
from segments.scoring.beside.boxes import Boxes
from segments.scoring.beside.rules import Known, Rule, read_rule, told
from segments.scoring.lifecycle.stages import COMMERCE, PRODUCT_LED, SETS, STAGES
from tenants.models import Tenant
from tenants.schema import connection

KEY = re.compile(r"[a-z][a-z0-9_]{0,31}")
MOST = 20  # stages: more than anybody can act on
DEFAULTS: dict[str, Any] = {
    "is_on": True,
    "set": None,  # by the merchant's industry
    "stages": None,  # the set's own
}


def default_set() -> str:
    """Return the set a merchant begins with: a product's for software, a shop's for the rest."""
    is_software = connection.tenant.industry == Tenant.Industry.SAAS
    return PRODUCT_LED if is_software else COMMERCE


def read(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return all parameters with every stage's rule as this store has it; by box if wrong."""
    boxes = Boxes(stored, DEFAULTS)
    chosen = str(boxes.raw("set") or default_set())
    if chosen not in dict(SETS):
        boxes.fault("set", "Choose one of the two sets.")
        chosen = COMMERCE
    found = {
        "is_on": bool(boxes.raw("is_on")),
        "set": chosen,
        "stages": _stages(boxes, chosen),
    }
    boxes.raise_faults()
    return found


def shipped(chosen: str, known: Known) -> list[dict[str, Any]]:
    """Return the stages of a set; a rule of None matches nobody, in the last place everybody."""
    return [
        {
            "key": stage.key,
            "label": stage.label,
            "criteria": stage.criteria,
            "priority": stage.priority,
            "rule": stage.rule(known),
        }
        for stage in STAGES[chosen]
    ]


def _stages(boxes: Boxes, chosen: str) -> list[dict[str, Any]]:
    known = Known()
    defaults = {stage["key"]: stage for stage in shipped(chosen, known)}
    own = boxes.raw("stages")
    if own is None:
        own = [{"key": key} for key in defaults]
    if not isinstance(own, list) or not 1 <= len(own) <= MOST:
        boxes.fault("stages", f"Keep 1 to {MOST} stages.")
        return []
    rows = [_stage(boxes, given, defaults, known) for given in own if isinstance(given, dict)]
    keys = [row["key"] for row in rows]
    if len(set(keys)) < len(keys):
        boxes.fault("stages", "Two stages have the same key.")
    if rows:
        rows[-1] = rows[-1] | {"rule": None}  # everybody else: nobody is without a stage
    return rows


def _stage(
    boxes: Boxes, given: Mapping[str, Any], defaults: Mapping[str, Any], known: Known
) -> dict[str, Any]:
    key = str(given.get("key", ""))
    if not KEY.fullmatch(key):
        boxes.fault("stages", "A stage’s key has small letters, digits and underscores.")
        key = "x"
    row = {**defaults.get(key, {}), **given}
    label = str(row.get("label", "")).strip()[:80]
    if not label:
        boxes.fault(f"stage-{key}-label", "Give the stage a name.")
    return {
        "key": key,
        "label": label,
        "criteria": str(row.get("criteria", "")).strip()[:300],
        "priority": str(row.get("priority", "")).strip()[:200],
        "rule": _rule(boxes, key, row.get("rule"), known),
    }


def _rule(boxes: Boxes, key: str, raw: Any, known: Known) -> Rule | None:
    if not raw:
        return None
    try:
        return read_rule(raw, known.catalogue, of="lifecycle")
    except RuleError as error:
        boxes.fault(f"stage-{key}-rule", told(error))
        return None


def stage_labels() -> list[tuple[str, str]]:
    """Return the stages as they are set up now, in their order, by key and label."""
    row = ScoreSettings.objects.filter(pk="lifecycle").first()
    stored = row.parameters if row else {}
    chosen = stored.get("set") or default_set()
    shown = {stage.key: stage.label for stage in STAGES.get(chosen, ())}
    own = stored.get("stages")
    if own is None:
        return list(shown.items())
    return [(one["key"], one.get("label") or shown.get(one["key"], one["key"])) for one in own]
