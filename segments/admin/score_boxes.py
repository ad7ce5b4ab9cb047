"""From the boxes of a score's settings page to its parameters, and back with sentences."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from django.http import QueryDict

from segments.catalogue import StoreCatalogue
from segments.definitions import speech
from segments.models import Segment
from segments.rules.parse import parse
from segments.rules.sentence import sentence
from segments.scoring.beside.rules import Known
from segments.scoring.engagement.parameters import COMPONENTS
from segments.scoring.lifecycle.parameters import shipped as stages_shipped
from segments.scoring.lifecycle.stages import STAGES
from segments.scoring.pql.parameters import shipped as signals_shipped
from segments.scoring.pql.signals import GROUPS

LEVELS = range(4)
ANOTHER = "another"  # the row for one that is not there yet
Fault = tuple[str, str]


def read_engagement(post: QueryDict) -> tuple[dict[str, Any], list[Fault]]:
    """Return engagement's parameters as the form has them, unchecked."""
    found: dict[str, Any] = {"is_on": "is_on" in post}
    for name in COMPONENTS:
        found[f"weight_{name}"] = post.get(f"weight_{name}", "")
        found[f"{name}_limits"] = [post.get(f"{name}_limit_{place}", "") for place in LEVELS]
        found[f"{name}_points"] = [post.get(f"{name}_points_{place}", "") for place in range(5)]
        found[f"{name}_source"] = post.get(f"{name}_source", "auto")
    found["bands"] = [post.get(f"band_{place}", "") for place in LEVELS]
    return found, []


def read_pql(post: QueryDict) -> tuple[dict[str, Any], list[Fault]]:
    """Return PQL's parameters as the form has them; a rule that is no JSON is a fault."""
    found: dict[str, Any] = {"is_on": "is_on" in post, "threshold": post.get("threshold", "")}
    for group, _ in GROUPS:
        found[f"weight_{group}"] = post.get(f"weight_{group}", "")
    faults: list[Fault] = []
    rows = _rows(post, "signal", faults, ("label", "group", "worth"))
    found["signals"] = _without_shipped(rows, signals_shipped(Known()))
    return found, faults


def read_lifecycle(post: QueryDict) -> tuple[dict[str, Any], list[Fault]]:
    """Return the lifecycle's parameters; another set of stages starts with the set's own."""
    chosen = post.get("set", "")
    found: dict[str, Any] = {"is_on": "is_on" in post, "set": chosen}
    faults: list[Fault] = []
    if chosen == post.get("shown_set", chosen):
        rows = _rows(post, "stage", faults, ("label", "criteria", "priority"))
        shipped = stages_shipped(chosen, Known()) if chosen in STAGES else []
        found["stages"] = _without_shipped(rows, shipped)
    return found, faults


def _without_shipped(
    rows: list[dict[str, Any]], shipped: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Leave out rules that nobody edited: they go on following what the store has data for."""
    rules = {row["key"]: row["rule"] for row in shipped}
    return [
        {name: value for name, value in row.items() if name != "rule"}
        if row.get("rule") == rules.get(row["key"], row)
        else row
        for row in rows
    ]


def _rows(
    post: QueryDict, what: str, faults: list[Fault], names: tuple[str, ...]
) -> list[dict[str, Any]]:
    """Return the rows of signals or stages in the order of their numbers, without the removed."""
    rows = []
    for place, key in enumerate(post.getlist(f"{what}_keys")[:100]):
        if f"{what}-{key}-remove" in post or not post.get(f"{what}-{key}-label", "").strip():
            continue
        row: dict[str, Any] = {name: post.get(f"{what}-{key}-{name}", "") for name in names}
        row["key"] = _own_key(row["label"]) if key == ANOTHER else key
        if f"{what}-{key}-rule" in post:  # the last stage has no box: it takes everybody else
            row["rule"] = _rule(post, f"{what}-{key}", faults)
        rows.append((_number(post.get(f"{what}-{key}-order", ""), place), place, row))
    return [row for _, _, row in sorted(rows, key=lambda entry: entry[:2])]


def _rule(post: QueryDict, name: str, faults: list[Fault]) -> Any:
    """Return the rule in a box, or that of the segment chosen beside it."""
    segment = post.get(f"{name}-segment", "")
    if segment.isdecimal():
        chosen = Segment.objects.filter(pk=int(segment), kind=Segment.Kind.RULES).first()
        if chosen is not None:
            return chosen.rules
    text = post.get(f"{name}-rule", "").strip()
    if not text:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        faults.append((f"{name}-rule", "This is not a rule: check the brackets and quotes."))
        return None


def _number(text: str, otherwise: int) -> float:
    try:
        return float(text) if text else otherwise
    except ValueError:
        return otherwise


def _own_key(label: str) -> str:
    letters = "".join(c if c.isascii() and c.isalnum() else "_" for c in label.lower())
    return f"own_{letters.strip('_')}"[:32].rstrip("_")


READERS: dict[str, Callable[[QueryDict], tuple[dict[str, Any], list[Fault]]]] = {
    "engagement": read_engagement,
    "pql": read_pql,
    "lifecycle": read_lifecycle,
}


def with_sentences(rows: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return signals or stages with their rule in words and as text for a box."""
    catalogue, spoken = StoreCatalogue(), speech()
    found = []
    for row in rows:
        rule = row.get("rule")
        said = ""
        if rule:
            try:
                said = sentence(parse(rule, catalogue), catalogue, spoken)
            except ValueError:
                said = ""
        text = json.dumps(rule, ensure_ascii=False) if rule else ""
        found.append({**row, "said": said, "text": text})
    return found
