"""What a row of the segments list can do: star, labels, owner, state; and a segment's deletion."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from segments import usages
from segments.admin import library_page
from segments.admin.manual_page import page_of
from segments.models import MembershipChange, Segment, SegmentVersion
from segments.ordering import give_labels, give_owner, star
from segments.rules.errors import RuleError
from segments.states import set_state

LIST = "admin:segments_segment_changelist"
MAY_CHANGE = "segments.change_segment"


@require_POST
def act(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Do what a row's button says, and go back to the list as it was."""
    segment = get_object_or_404(Segment, pk=segment_id)
    asked = request.POST.get("action", "")
    if asked == "star":
        star(segment, by=request.user, is_on=bool(request.POST.get("on")))  # type: ignore[arg-type]
        return HttpResponseRedirect(_list(request))
    if not request.user.has_perm(MAY_CHANGE):
        raise PermissionDenied
    action = ACTIONS.get(asked)
    if action is None:
        messages.error(request, "This button is unknown. Reload the page and try again.")
        return HttpResponseRedirect(_list(request))
    try:
        messages.success(request, action(request, segment))
    except RuleError as error:
        messages.error(request, error.message)
    return HttpResponseRedirect(_list(request))


def _labels(request: HttpRequest, segment: Segment) -> str:
    names = give_labels(segment, request.POST.get("labels", ""), by=request.user)  # type: ignore[arg-type]
    return f"“{segment.name}” is labelled {', '.join(names)}." if names else "No labels any more."


def _owner(request: HttpRequest, segment: Segment) -> str:
    asked = request.POST.get("owner", "")
    people = get_user_model().objects.filter(is_active=True)
    owner = people.filter(pk=asked).first() if asked.isdecimal() and len(asked) < 10 else None
    give_owner(segment, owner=owner, by=request.user)  # type: ignore[arg-type]
    name = (owner.get_full_name() or owner.get_username()) if owner else "nobody"
    return f"“{segment.name}” belongs to {name} now."


def _activate(request: HttpRequest, segment: Segment) -> str:
    set_state(segment, Segment.State.ACTIVE, by=request.user)
    return f"“{segment.name}” is active. Its members are being counted."


def _draft(request: HttpRequest, segment: Segment) -> str:
    set_state(segment, Segment.State.DRAFT, by=request.user)
    return f"“{segment.name}” is a draft: kept, and not counted any more."


def _archive(request: HttpRequest, segment: Segment) -> str:
    set_state(segment, Segment.State.ARCHIVED, by=request.user)
    return f"“{segment.name}” is archived. It keeps its members as they are."


ACTIONS: dict[str, Callable[[HttpRequest, Segment], str]] = {
    "labels": _labels,
    "owner": _owner,
    "activate": _activate,
    "draft": _draft,
    "archive": _archive,
}


def remove(request: HttpRequest, segment_id: int) -> HttpResponseBase:
    """Say what is lost with a segment, or where it is used; delete it when that is confirmed."""
    segment = get_object_or_404(Segment, pk=segment_id, kind__in=usages.DELETABLE)
    if request.method == "POST":
        try:
            usages.delete_segment(segment, by=request.user)
        except usages.InUse as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"“{segment.name}” is deleted.")
            return HttpResponseRedirect(reverse(LIST))
    shown = {
        "segment": segment,
        "uses": usages.uses_of(segment),
        "versions": SegmentVersion.objects.filter(segment=segment).count(),
        "changes": MembershipChange.objects.filter(segment=segment).count(),
        "trail": [
            {"title": "Segments", "link": reverse(LIST)},
            {"title": segment.name, "link": usages.page_of(segment)},
        ],
    }
    return page_of(request, "segments/list_delete.html", title="Delete this segment?", **shown)


@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    """Make a segment of a proposed preset."""
    return library_page.use(request)


def _list(request: HttpRequest) -> str:
    query = request.GET.urlencode()
    return reverse(LIST) + (f"?{query}" if query else "")
