"""What a rule segment's page adds: its definition in words, its versions, its buttons."""

from typing import Any

from django.http import HttpRequest

from commerce.admin.contact import sees_contact
from segments import sensitive
from segments.admin.builder_reading import names_people
from segments.catalogue import StoreCatalogue
from segments.definitions import REFRESH, speech
from segments.models import Segment, SegmentVersion
from segments.rules.errors import RuleError
from segments.rules.parse import parse
from segments.rules.sentence import sentence
from segments.types import LABELS as TYPES
from segments.types import type_of
from tenants import jobs
from tenants.schema import connection

VERSIONS_SHOWN = 20
WITHHELD = "This rule names people; your role does not show names or addresses."


def definition_context(request: HttpRequest, segment: Segment) -> dict[str, Any]:
    """Return the definition of a rule segment for its page; nothing for other kinds."""
    if segment.kind != Segment.Kind.RULES:
        return {}
    said, fault, is_open = _definition(request, segment)
    versions = SegmentVersion.objects.filter(segment=segment).select_related("author")
    shown = _readable(list(versions[: VERSIONS_SHOWN + 1]), request) if is_open else []
    return {
        "definition": said,
        "fault": fault,
        "zone": connection.tenant.timezone,
        "type": TYPES.get(type_of(segment, Segment.objects.in_bulk()), ""),
        "versions": [
            {"row": version, "is_newest": place == 0, "by": _name(version)}
            for place, version in enumerate(shown[:VERSIONS_SHOWN])
        ],
        "refreshing": jobs.live(REFRESH),
        "may_change": request.user.has_perm("segments.change_segment"),
        "is_withheld": sensitive.hides(segment.rules, asker=request.user),
    }


def _definition(request: HttpRequest, segment: Segment) -> tuple[str, str, bool]:
    """Return the rule in words, what is wrong with it, and whether this reader may know it."""
    catalogue = StoreCatalogue()
    try:
        tree = parse(segment.rules, catalogue)
    except RuleError as error:
        is_hidden = sensitive.hides(segment.rules, asker=request.user)
        return "", error.message, sees_contact(request) and not is_hidden
    if names_people(tree) and not sees_contact(request):
        return WITHHELD, "", False
    said, by_catalogue, is_whole = sensitive.shown(tree, catalogue, asker=request.user)
    return sentence(said, by_catalogue, speech()), "", is_whole


def _readable(versions: list[SegmentVersion], request: HttpRequest) -> list[SegmentVersion]:
    """Withhold what a version changed where it, or the one before it, asks by sensitive fields."""
    hides = sensitive.hider(request.user)
    hidden = [hides(version.rules) for version in versions]
    for place, version in enumerate(versions):
        if any(hidden[place : place + 2]):
            version.difference = ["A sensitive condition that your role does not show."]
    return versions


def _name(version: SegmentVersion) -> str:
    return version.author.get_full_name() or version.author.username if version.author else "Strata"
