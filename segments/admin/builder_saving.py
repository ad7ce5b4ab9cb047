"""Keeping what was built, and what else a segment's page can do: restore, copy, archive, count."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from segments import rates
from segments.admin.builder_reading import contact_faults, faults_of, read_body, refusal
from segments.asking_refresh import make_refreshable
from segments.catalogue import StoreCatalogue
from segments.definitions import REFRESH, save_segment
from segments.models import Segment, SegmentVersion
from segments.models.membership import Cause
from segments.rules.errors import RuleError
from segments.rules.parse import parse
from segments.states import set_state
from tenants import jobs

LONGEST_DESCRIPTION = 1_000


@require_POST
def save(request: HttpRequest, segment_id: int | None = None) -> HttpResponse:
    """Keep a new segment, or a new version of one; answer where it stands, or what is wrong."""
    segment = None
    if segment_id is not None:
        segment = get_object_or_404(Segment, pk=segment_id, kind=Segment.Kind.RULES)
    sent: dict[str, Any] = {}
    try:
        sent = read_body(request)
        with transaction.atomic():
            kept = _keep(request, sent, segment)
    except RuleError as fault:
        found = faults_of(sent.get("rules"), StoreCatalogue()) if fault.path else []
        return refusal(*(found or [fault]))
    except ValidationError as error:
        boxes = {name: " ".join(lines) for name, lines in error.message_dict.items()}
        return JsonResponse({"errors": [], "boxes": boxes}, status=400)
    is_draft = kept.state == Segment.State.DRAFT
    said = "is kept as a draft." if is_draft else "is saved. Its members are being counted."
    messages.success(request, f"“{kept.name}” {said}")
    return JsonResponse({"errors": [], "id": kept.pk, "link": _page(kept)})


def _keep(request: HttpRequest, sent: dict[str, Any], segment: Segment | None) -> Segment:
    name, description = (str(sent.get(box) or "") for box in ("name", "description"))
    if len(description) > LONGEST_DESCRIPTION:
        raise ValidationError(
            {"description": f"A description has {LONGEST_DESCRIPTION:,} characters at most."}
        )
    if segment is not None and sent.get("version") != latest_version(segment):
        raise RuleError(
            "Somebody else saved this segment while you were editing. "
            "Open it in another tab to compare; to keep yours, save it as a new segment."
        )
    tree = parse(sent.get("rules"), StoreCatalogue())
    for fault in contact_faults(tree, request):
        raise fault
    kept = save_segment(
        name=name,
        rules=sent.get("rules"),
        by=request.user,  # type: ignore[arg-type]
        segment=segment,
        description=description.strip(),
        is_draft=_may_be_draft(segment) and sent.get("draft") is True,
    )
    if "rate" in sent:
        rates.set_rate(kept, str(sent["rate"]), by=request.user)  # type: ignore[arg-type]
    return kept


def _may_be_draft(segment: Segment | None) -> bool:
    """Whether it is new, or was never in use: what is in use goes on being counted."""
    return segment is None or segment.state == Segment.State.DRAFT


def latest_version(segment: Segment) -> int:
    """Return the number of the definition that holds; 0 before the first save."""
    newest = SegmentVersion.objects.filter(segment=segment).order_by("-number").first()
    return newest.number if newest else 0


def _page(segment: Segment) -> str:
    return reverse("admin:segments_segment_change", args=[segment.pk])


@require_POST
def act(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Do what a button of the segment's page says, and go back to it."""
    segment = get_object_or_404(Segment, pk=segment_id, kind=Segment.Kind.RULES)
    action = ACTIONS.get(request.POST.get("action", ""))
    if action is None:
        messages.error(request, "This button is unknown. Reload the page and try again.")
        return HttpResponseRedirect(_page(segment))
    try:
        with transaction.atomic():
            shown = action(request, segment)
    except RuleError as error:
        messages.error(request, error.message)
        shown = segment
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        shown = segment
    return HttpResponseRedirect(_page(shown))


def _refresh(request: HttpRequest, segment: Segment) -> Segment:
    make_refreshable(segment)
    jobs.start(REFRESH, params={"segments": [segment.pk], "cause": Cause.DATA})
    messages.success(request, "Its members are being counted again.")
    return segment


def _duplicate(request: HttpRequest, segment: Segment) -> Segment:
    copy = save_segment(
        name=_free_name(segment.name),
        rules=segment.rules,
        by=request.user,  # type: ignore[arg-type]
        description=segment.description,
    )
    messages.success(request, f"This is a copy of “{segment.name}”. Edit it as you like.")
    return copy


def _free_name(name: str) -> str:
    stem = f"{name[:100]} (copy"
    taken = set(Segment.objects.filter(name__istartswith=stem).values_list("name", flat=True))
    numbers = ("", *(f" {number}" for number in range(2, len(taken) + 3)))
    return next(f"{stem}{number})" for number in numbers if f"{stem}{number})" not in taken)


def _archive(request: HttpRequest, segment: Segment) -> Segment:
    set_state(segment, Segment.State.ARCHIVED, by=request.user)
    messages.success(request, "Archived. It keeps its members as they are and is counted no more.")
    return segment


def _unarchive(request: HttpRequest, segment: Segment) -> Segment:
    set_state(segment, Segment.State.ACTIVE, by=request.user)
    messages.success(request, "In use. Its members are being counted.")
    return segment


def _restore(request: HttpRequest, segment: Segment) -> Segment:
    asked = request.POST.get("number", "")
    number = int(asked) if asked.isdecimal() and len(asked) < 9 else 0
    version = get_object_or_404(SegmentVersion, segment=segment, number=number)
    save_segment(
        name=segment.name,
        rules=version.rules,
        by=request.user,  # type: ignore[arg-type]
        segment=segment,
        description=segment.description,
        is_draft=segment.state == Segment.State.DRAFT,
    )
    messages.success(request, f"Version {number} holds again, as a new version.")
    return segment


def _rate(request: HttpRequest, segment: Segment) -> Segment:
    rates.set_rate(segment, request.POST.get("rate", ""), by=request.user)  # type: ignore[arg-type]
    said = segment.get_refresh_rate_display().lower()
    messages.success(request, f"It asks to be counted {said} from now on.")
    return segment


ACTIONS = {
    "refresh": _refresh,
    "rate": _rate,
    "duplicate": _duplicate,
    "archive": _archive,
    "unarchive": _unarchive,
    "restore": _restore,
}
