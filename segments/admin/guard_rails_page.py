"""Three settings of a merchant: whom never to contact, what is sensitive, what events mean."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from commerce import activity
from commerce.event_roles import Role, all_roles
from commerce.models import AttributeDefinition, EventName
from commerce.templatetags.facts import count
from segments import contacting, sensitive
from segments.catalogue.store import FIXED
from segments.models import Segment
from tenants import jobs
from tenants.pages import Page, PageView, register

EVENTS_SHOWN = 200


class GuardRailsPage(PageView):
    template_name = "segments/guard_rails.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            segments=_segments(),
            contacted=contacting.count_never_contacted(),
            fields=_fields(),
            attributes=AttributeDefinition.objects.filter(is_sensitive=True),
            events=_events(),
            roles=Role.choices,
            counting=jobs.live(activity.COUNT),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        step = STEPS.get(request.POST.get("step", ""))
        if step is None:
            messages.error(request, "This button is unknown. Reload the page and try again.")
            return HttpResponseRedirect(request.path)
        try:
            messages.success(request, step(request))
        except ValueError as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(request.path)


def _segments() -> list[dict[str, Any]]:
    listed = {segment.pk for segment in contacting.never_contact_segments()}
    rows = Segment.objects.exclude(state=Segment.State.ARCHIVED, never_contact=None)
    found = [{"row": row, "is_on": row.pk in listed} for row in rows.order_by("name")]
    return sorted(found, key=lambda entry: not entry["is_on"])


def _fields() -> list[dict[str, Any]]:
    keys = sensitive.sensitive_keys()
    return [
        {"key": key, "label": FIXED[key].label, "is_on": key in keys} for key in sensitive.MARKABLE
    ]


def _events() -> list[dict[str, Any]]:
    roles = all_roles()
    rows = EventName.objects.order_by("label")[:EVENTS_SHOWN]
    return [{"row": row, "role": roles.get(row.name, Role.ACTION)} for row in rows]


def _save_contact(request: HttpRequest) -> str:
    ids = [int(pk) for pk in request.POST.getlist("segment") if pk.isdecimal() and len(pk) < 18]
    customers = contacting.set_never_contact(
        Segment.objects.filter(pk__in=ids),
        by=request.user,  # type: ignore[arg-type]
    )
    return f"Saved. {count(customers)} customers are never contacted."


def _save_fields(request: HttpRequest) -> str:
    sensitive.set_sensitive(request.POST.getlist("field"), by=request.user)
    return "Saved. From now on these fields need the permission."


def _save_events(request: HttpRequest) -> str:
    known = {entry["row"].name: entry["role"] for entry in _events()}
    asked = {name: request.POST.get(f"event-{name}", role) for name, role in known.items()}
    changed = {name: role for name, role in asked.items() if role != known[name]}
    if not changed:
        return "Nothing was changed."
    activity.set_roles(changed, by=request.user)
    return "Saved. Everybody's use of the product is being counted again."


STEPS = {"contact": _save_contact, "fields": _save_fields, "events": _save_events}

register(
    Page(
        key="guard_rails",
        label="Contact and privacy",
        path="contact-and-privacy/",
        view=GuardRailsPage,
        permission="access.manage_settings",
    )
)
