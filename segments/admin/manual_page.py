"""Segments chosen by hand: making one, putting in and taking out, what a list did not find."""

import secrets
from typing import Any

from django.contrib import messages
from django.contrib.admin import site
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from commerce.admin.contact import sees_contact, shown_name
from segments import manual
from segments.manual_file import MOST_BYTES, Found, Unreadable, find, read_list
from segments.models import ManualMember, Segment
from tenants.tables import csv_response

SHOWN = 50
KEPT_HOURS = 24  # of what a list did not find: addresses of people we do not know
MOST_MISSING = 20_000


def add(request: HttpRequest) -> HttpResponseBase:
    """Show the form of a new segment; make it, with the customers of a list if one is sent."""
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            segment = manual.create_manual(
                name=request.POST.get("name", ""),
                by=request.user,  # type: ignore[arg-type]
                description=request.POST.get("description", ""),
            )
        except ValidationError as error:
            errors = error.message_dict
        else:
            return _after_list(request, segment) if _sent(request) else _go(segment)
    shown = {"errors": errors, "sees": sees_contact(request), "given": request.POST}
    return page_of(
        request, "segments/manual_new.html", title="New segment, chosen by hand", **shown
    )


def members(request: HttpRequest, segment_id: int) -> HttpResponseBase:
    """Show who was chosen; put in those of a list, take out those ticked."""
    segment = _chosen_by_hand(segment_id)
    if request.method == "POST":
        if request.POST.get("action") == "remove":
            return _remove(request, segment)
        if _sent(request):
            return _after_list(request, segment)
        messages.error(request, "Choose a file, or paste addresses or ids.")
        return _go(segment)
    rows = ManualMember.objects.filter(segment=segment).select_related("customer", "added_by")
    page = Paginator(rows.order_by("-pk"), SHOWN).get_page(request.GET.get("page"))
    sees = sees_contact(request)
    shown = {
        "segment": segment,
        "page": page,
        "lines": [(row, shown_name(row.customer, sees=sees)) for row in page],
        "sees": sees,
        "report": cache.get(_key(segment, request.GET.get("report", ""), request)),
        "token": request.GET.get("report", ""),
        "trail": _trail(segment),
    }
    return page_of(request, "segments/manual_members.html", title="Chosen customers", **shown)


def not_found(request: HttpRequest, segment_id: int, token: str) -> HttpResponseBase:
    """Return the lines that a list of this person's named nobody with, as a file."""
    segment = _chosen_by_hand(segment_id)
    report = cache.get(_key(segment, token, request))
    if report is None:
        raise Http404
    return csv_response(f"not-found-{segment.slug}", ("line", "text", "why"), report["missing"])


def _sent(request: HttpRequest) -> bytes:
    """Return the list: of a file a byte more than may be, so that too large is seen."""
    file = request.FILES.get("file")
    if file is not None:
        file.seek(0)
        return file.read(MOST_BYTES + 1) or b" "
    return request.POST.get("text", "").encode()


def _after_list(request: HttpRequest, segment: Segment) -> HttpResponse:
    """Put in whom the list names, and keep what came of it."""
    if not sees_contact(request):
        raise PermissionDenied("Your role does not see addresses, and cannot ask by them.")
    try:
        found = find(read_list(_sent(request)))
        put = manual.add_members(
            segment,
            found.customers,
            by=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
    except Unreadable as error:
        messages.error(request, str(error))
        return _go(segment)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _go(segment)
    return _go(segment, report=_keep(request, segment, found, put))


def _keep(request: HttpRequest, segment: Segment, found: Found, put: manual.Chosen) -> str:
    token = secrets.token_urlsafe(16)
    report = {
        "lines": found.lines,
        "added": put.added,
        "already": put.doubles,
        "repeated": found.doubles,
        "left_out": put.left_out,
        "missed": len(found.missing),
        "missing": found.missing[:MOST_MISSING],
    }
    cache.set(_key(segment, token, request), report, KEPT_HOURS * 3_600)
    return token


def _key(segment: Segment, token: str, request: HttpRequest) -> str:
    return f"manual-list:{segment.pk}:{request.user.pk}:{token[:40]}"


def _remove(request: HttpRequest, segment: Segment) -> HttpResponse:
    ids = [int(pk) for pk in request.POST.getlist("ids") if pk.isdecimal() and len(pk) < 19]
    removed = manual.remove_members(
        segment,
        ids,
        by=request.user,  # type: ignore[arg-type]
        at=timezone.now(),
    )
    if removed:
        messages.success(request, f"{removed:,} taken out of “{segment.name}”.")
    else:
        messages.error(request, "Tick at least one customer.")
    return _go(segment)


def _chosen_by_hand(segment_id: int) -> Segment:
    return get_object_or_404(Segment, pk=segment_id, kind=Segment.Kind.MANUAL)


def _go(segment: Segment, *, report: str = "") -> HttpResponse:
    address = reverse("admin:segments_segment_members", args=[segment.pk])
    return HttpResponseRedirect(f"{address}?report={report}" if report else address)


def _trail(segment: Segment) -> list[dict[str, str]]:
    return [
        {"title": "Segments", "link": reverse("admin:segments_segment_changelist")},
        {
            "title": segment.name,
            "link": reverse("admin:segments_segment_change", args=[segment.pk]),
        },
    ]


def page_of(request: HttpRequest, template: str, **context: Any) -> TemplateResponse:
    """Return a page in the admin's frame."""
    request.current_app = site.name  # type: ignore[attr-defined]
    return TemplateResponse(request, template, {**site.each_context(request), **context})
