"""What an engagement score is made of: weights, limits and points of four components, bands.

The numbers are those of source 002; the windows are DECISIONS 28.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from commerce.event_roles import Role, all_roles, names_of
from commerce.models import EventName
from segments.scoring.beside.boxes import Boxes

COMPONENTS = ("recency", "frequency", "depth", "breadth")
BANDS = (
    ("champion", "Champion"),
    ("engaged", "Engaged"),
    ("casual", "Casual"),
    ("at_risk", "At risk"),
    ("churning", "Churning"),
)
AUTO, PRODUCT, SHOP, EVENT = "auto", "product", "shop", "event:"
DEFAULTS: dict[str, Any] = {
    "is_on": True,
    "weight_recency": "0.30",
    "weight_frequency": "0.30",
    "weight_depth": "0.25",
    "weight_breadth": "0.15",
    # Days since active: today, this week, this month, 90 days.
    "recency_limits": ["0", "6", "27", "90"],
    "recency_points": [100, 80, 50, 20, 0],
    # Active days of the last 28: daily, 3–5 a week, 1–2 a week, 1–3 a month.
    "frequency_limits": ["24", "12", "4", "1"],
    "frequency_points": [100, 80, 60, 30, 10],
    # Actions a session.
    "depth_limits": ["10", "5", "2", "1"],
    "depth_points": [100, 70, 40, 10, 0],
    # Percent of the features that anybody used in 90 days.
    "breadth_limits": ["80", "50", "25", "1"],
    "breadth_points": [100, 70, 40, 20, 0],
    "bands": ["80", "60", "40", "20"],
    **{f"{name}_source": AUTO for name in COMPONENTS},
}


def read(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return all parameters in one way of writing; raise ValidationError by box."""
    boxes = Boxes(stored, DEFAULTS)
    found: dict[str, Any] = {"is_on": bool(boxes.raw("is_on"))}
    for name in COMPONENTS:
        found[f"weight_{name}"] = boxes.number(f"weight_{name}", most=1_000)
        falling = name != "recency"
        most = 100 if name == "breadth" else 28 if name == "frequency" else 10_000
        found[f"{name}_limits"] = boxes.numbers(f"{name}_limits", falling=falling, most=most)
        found[f"{name}_points"] = boxes.points(f"{name}_points")
        found[f"{name}_source"] = _source(boxes, name)
    found["bands"] = boxes.numbers("bands", falling=True, most=100)
    if not sum(Decimal(found[f"weight_{name}"]) for name in COMPONENTS):
        boxes.fault("weight_recency", "Give at least one component a weight.")
    boxes.raise_faults()
    return found


def _source(boxes: Boxes, name: str) -> str:
    """Return what a component is read from, as this store has it."""
    raw = str(boxes.raw(f"{name}_source"))
    if raw == AUTO:
        return PRODUCT if has_sessions() else SHOP
    if raw in (PRODUCT, SHOP):
        return raw
    if raw.startswith(EVENT) and 0 < len(raw.removeprefix(EVENT)) <= 64:
        return raw
    boxes.fault(f"{name}_source", "Choose what this component is read from.")
    return PRODUCT


def has_sessions() -> bool:
    """Say whether customers have sessions here: a shop reads orders and letters instead."""
    return EventName.objects.filter(name__in=names_of(all_roles(), Role.SESSION)).exists()


def weights(parameters: Mapping[str, Any]) -> dict[str, Decimal]:
    """Return each component's share of the score: normalised, so that they need not sum to 1."""
    given = {name: Decimal(parameters[f"weight_{name}"]) for name in COMPONENTS}
    total = sum(given.values())
    return {name: weight / total for name, weight in given.items()}
