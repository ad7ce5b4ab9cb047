"""Ready-made segments, by family: a family is a file here, an entry in it is a segment."""

from segments.presets import app_users, examples, guests, keeping, moving, shops
from segments.presets.preset import FAMILIES, PRESETS, Action, Preset, Rule, Told, families

__all__ = [
    "FAMILIES",
    "PRESETS",
    "Action",
    "Preset",
    "Rule",
    "Told",
    "app_users",
    "examples",
    "families",
    "guests",
    "keeping",
    "moving",
    "shops",
]
