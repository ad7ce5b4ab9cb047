"""The pages of the drag-and-drop builder: a new segment, and a segment's rule being edited."""

from typing import Any

from django.urls import reverse

from segments.admin.builder_saving import latest_version
from segments.admin.builder_words import vocabulary
from segments.models import Segment

EMPTY = {"logic": "AND", "rules": []}


def builder_context(
    segment: Segment | None, *, schema: str, sees_sensitive: bool = False
) -> dict[str, Any]:
    """Return what the builder's template needs, for a new segment or one to edit."""
    words = vocabulary(editing=segment)
    return {
        "title": f"Edit {segment.name}" if segment else "New segment",
        "segment": segment,
        "palette": _palette(words, sees_sensitive=sees_sensitive),
        "words": words,
        "rates": Segment.Rate.choices,
        "start": {
            "rules": segment.rules if segment else EMPTY,
            "name": segment.name if segment else "",
            "description": segment.description if segment else "",
            "rate": segment.refresh_rate if segment else Segment.Rate.CHANGE,
            "version": latest_version(segment) if segment else 0,
            "draft": f"strata.builder.{schema}.{segment.pk if segment else 'new'}",
            "recent": f"strata.builder.{schema}.recent",
            "links": _links(segment),
        },
    }


def _links(segment: Segment | None) -> dict[str, str]:
    own = [segment.pk] if segment else []
    return {
        "preview": reverse("admin:segments_segment_preview"),
        "values": reverse("admin:segments_segment_values"),
        "save": reverse("admin:segments_segment_resave" if segment else _SAVE, args=own),
        "save_new": reverse(_SAVE),
        "impact": reverse("admin:segments_segment_impact", args=own) if segment else "",
    }


_SAVE = "admin:segments_segment_save"


def _palette(words: dict[str, Any], *, sees_sensitive: bool) -> list[dict[str, Any]]:
    """Return the families with what can be dragged from each; behaviours are one of them."""
    families = [
        {
            "label": family["label"],
            "entries": [
                {"key": f"field:{field['key']}", "label": field["label"], "help": field["help"]}
                for field in words["fields"].values()
                if field["family"] == family["key"]
                and (sees_sensitive or not field["is_sensitive"])
            ],
        }
        for family in words["families"]
    ]
    did = [
        {"key": f"did:{source['key']}", "label": source["label"], "help": ""}
        for source in words["behaviours"].values()
    ]
    families.insert(2, {"label": "What they did", "entries": did})
    return [family for family in families if family["entries"]]
