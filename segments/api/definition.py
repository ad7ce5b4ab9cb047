"""A segment's rule as the API tells it: whole, or withheld from who may not see who it names."""

from typing import Any

from segments import sensitive
from segments.admin.builder_reading import CONTACT
from segments.api.shapes import SegmentShape
from segments.catalogue import StoreCatalogue
from segments.definitions import speech
from segments.following import live_segments
from segments.models import Segment, SegmentVersion
from segments.rates import dues
from segments.rules.errors import RuleError
from segments.rules.parse import parse
from segments.rules.sentence import sentence
from segments.usages import fields_named
from tenants import audit

WITHHELD = "This rule names people; this caller may not see names or addresses."


def described(segment: Segment, *, sees: bool, asker: audit.Actor) -> dict[str, Any]:
    """Return a segment with its rule, the rule in words, and the number of its newest version."""
    told: dict[str, Any] = dict(SegmentShape(segment).data)
    told["due_at"] = dues(live_segments()).get(segment.pk)
    if segment.rules is None:
        return told | {"version": 0, "rules": None, "sentence": ""}
    newest = SegmentVersion.objects.filter(segment=segment).order_by("-number")
    told["version"] = newest.values_list("number", flat=True).first() or 0
    if not sees and names_people(segment.rules):
        return told | {"rules": None, "sentence": WITHHELD}
    if sensitive.hides(segment.rules, asker=asker):
        return told | {"rules": None, "sentence": _sentence(segment, asker=asker)}
    return told | {"rules": segment.rules, "sentence": _sentence(segment, asker=asker)}


def names_people(rules: Any) -> bool:
    """Say whether a saved rule asks by what names a person."""
    return any(field in CONTACT for field, _ in fields_named(rules))


def _sentence(segment: Segment, *, asker: audit.Actor) -> str:
    catalogue = StoreCatalogue()
    try:
        tree, told_by, _ = sensitive.shown(parse(segment.rules, catalogue), catalogue, asker=asker)
        return sentence(tree, told_by, speech())
    except RuleError as error:
        return error.message
