"""The inbox of the team, and its figure on the dashboard."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from segments.actions import inbox
from segments.actions.finding_words import of_occasion
from segments.actions.overview import lines
from segments.models import Trigger
from tenants.effect_targets import outgoing_pause, paused_by_failures
from tenants.pages import Page, PageView, register
from tenants.panels import DASHBOARD, Panel

SHOWN = 100
TABS = (("open", "Open"), ("mine", "Mine"), ("done", "Done"))


class InboxPage(PageView):
    template_name = "segments/inbox.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET
        show = asked.get("show", "open")
        show = show if show in dict(TABS) else "open"
        rows = inbox.tasks(show=show, person=self.request.user)  # type: ignore[arg-type]
        if (before := asked.get("before", "")).isdecimal() and len(before) < 18:
            rows = rows.filter(pk__lt=int(before))
        found = list(rows[: SHOWN + 1])
        for task in found:
            task.about_samples = of_occasion(task.occasion)  # type: ignore[attr-defined]
        return super().get_context_data(
            tasks=found[:SHOWN],
            older=found[SHOWN - 1].pk if len(found) > SHOWN else None,
            show=show,
            tabs=TABS,
            counts=inbox.counts(self.request.user),  # type: ignore[arg-type]
            team=inbox.team(),
            today=timezone.localdate(timezone=self.request.tenant.zone),  # type: ignore[attr-defined]
            may_change=self.request.user.has_perm("segments.change_task"),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm("segments.change_task"):
            raise PermissionDenied
        ids = [int(pk) for pk in request.POST.getlist("task") if pk.isdecimal() and len(pk) < 18]
        words = _do(request, ids)
        (messages.success if ids else messages.error)(request, words)
        back = request.POST.get("show", "")
        address = reverse("admin:inbox")
        return HttpResponseRedirect(f"{address}?show={back}" if back in dict(TABS) else address)


def _do(request: HttpRequest, ids: list[int]) -> str:
    """Do what the button says and return the words for it."""
    step = request.POST.get("step", "")
    if not ids:
        return "Tick a task first."
    if step == "done":
        count = inbox.finish(ids, by=request.user, at=timezone.now())  # type: ignore[arg-type]
        return f"{count:,} done." if count != 1 else "Done."
    if step == "reopen":
        return f"{inbox.reopen(ids):,} open again."
    pk = request.POST.get("person", "")
    person = User.objects.filter(pk=int(pk) if pk.isdecimal() else 0, is_active=True).first()
    count = inbox.assign(ids, to=person)
    return (
        f"{count:,} assigned to {person.get_full_name() or person.username}."
        if person
        else (f"{count:,} assigned to nobody.")
    )


def alerts(request: HttpRequest, subject: object) -> dict[str, Any] | None:
    """Return the open tasks and what stands still; nothing to show leaves the card out."""
    count, pause = inbox.open_count(), outgoing_pause()
    ids = [
        int(one.consumer.partition(":")[2])
        for one in paused_by_failures()
        if one.consumer.startswith("trigger:")
    ]
    failing = lines(at=timezone.now(), triggers=Trigger.objects.filter(pk__in=ids)) if ids else []
    if not count and not failing and not pause:
        return None
    return {"open": count, "failing": failing, "pause": pause}


register(Page("inbox", "Inbox", "inbox/", InboxPage, "segments.view_task"))
DASHBOARD.register(
    Panel("inbox", "To do", "segments/dashboard_inbox.html", alerts, 5, "segments.view_task")
)
