"""One trigger: how its target is, what became of every change, and whom it would touch."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from samples.models import Finding
from segments.actions import overview, triggers
from segments.actions.kinds import KINDS
from segments.actions.triggers import dry_run
from segments.actions.wording import key_label, watches
from segments.admin.trigger_form import cause_words
from segments.models import Trigger
from tenants import audit, effect_job, effect_targets
from tenants.access.models import Effect
from tenants.pages import Page, PageView, register

SHOWN = 50
MAY_CHANGE = "segments.change_trigger"


@method_decorator(never_cache, name="dispatch")
class TriggerPage(PageView):
    template_name = "segments/trigger.html"
    parent = "triggers"

    @property
    def row(self) -> Trigger:
        """The trigger that the address names."""
        rows = Trigger.objects.select_related("segment", "created_by")
        return get_object_or_404(rows, pk=self.kwargs["trigger_id"])

    def get_title(self) -> str:
        return self.row.name

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, asked, now = self.row, self.request.GET, timezone.now()
        (line,) = overview.lines(at=now, triggers=[row])
        may_change = self.request.user.has_perm(MAY_CHANGE)
        kind = KINDS.get(row.kind)
        tried = dry_run(row, at=now) if "try" in asked and kind else None
        return super().get_context_data(
            **{
                "row": row,
                "line": line,
                "kind": kind,
                "watches": watches(row),
                "pause": effect_targets.outgoing_pause() if kind and kind.goes_out else None,
                "counts": overview.states(row),
                "left_out": overview.left_out(row),
                "deliveries": _deliveries(row, asked),
                "states": Effect.State.choices,
                "asked": asked,
                "causes": cause_words(row.also_causes),
                "tried": tried,
                "reasons": [
                    (overview.REASONS.get(key, key), count)
                    for key, count in (tried.left_out.items() if tried else ())
                ],
                "may_change": may_change,
                "address": kind.address(row.options) if kind and may_change else "",
                "moves": [key_label(row.score, key) for key in row.to_keys],
            }
            | kwargs
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(MAY_CHANGE):
            raise PermissionDenied
        row, step = self.row, request.POST.get("step", "")
        kind = KINDS.get(row.kind)
        if step in ("secret", "new_secret") and kind is not None and kind.is_signed:
            return self._show_secret(row, is_new=step == "new_secret")
        words = _do(row, step, request)
        if words:
            messages.success(request, words)
        else:
            messages.error(request, "This button is unknown. Reload the page and try again.")
        return HttpResponseRedirect(request.path)

    def _show_secret(self, row: Trigger, *, is_new: bool) -> HttpResponseBase:
        if is_new:
            triggers.new_secret(row, by=self.request.user, at=timezone.now())
        else:
            audit.record(self.request.user, "webhook_secret", row, name=row.name, shown=True)
        return self.render_to_response(self.get_context_data(secret=row.secret))


def _do(row: Trigger, step: str, request: HttpRequest) -> str:
    """Do what a button asks for and return the words for it; "" for an unknown one."""
    now, by = timezone.now(), request.user
    if step in ("on", "off"):
        triggers.switch(row, is_on=step == "on", by=by, at=now)
        return "It listens from now on." if step == "on" else "It is off: nothing sets it off."
    if step == "pause":
        triggers.pause(row, by=by, at=now)
        return "Paused. What happens meanwhile waits here."
    if step == "resume":
        triggers.resume(row, by=by)
        effect_job.plan_next(row.consumer, at=now)
        return "Resumed. What waited is being sent."
    if step == "replay":
        only = request.POST.get("delivery", "")
        count = triggers.replay(row, by=by, only=int(only) if only.isdecimal() else None)
        effect_job.plan_next(row.consumer, at=now)
        return f"{count:,} will be tried once more." if count else "Nothing here has failed."
    return ""


def _deliveries(row: Trigger, asked: Any) -> dict[str, Any]:
    """Return a page of effects, the newest first, of the state and run asked for."""
    rows = Effect.objects.filter(consumer=row.consumer).order_by("-pk")
    if (state := asked.get("state", "")) in Effect.State.values:
        rows = rows.filter(state=state)
    if occasion := asked.get("run", "").replace("\0", "")[:64]:
        rows = rows.filter(occasion=occasion)
    if (before := asked.get("before", "")).isdecimal() and len(before) < 18:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: SHOWN + 1])
    if row.on == Trigger.On.FOUND:
        _name_samples(found)
    return {"rows": found[:SHOWN], "older": found[SHOWN - 1].pk if len(found) > SHOWN else None}


def _name_samples(effects: list[Effect]) -> None:
    """Give each effect the order of its sample, so that the list can lead there."""
    ids = [effect.payload.get("finding") for effect in effects]
    rows = Finding.objects.filter(pk__in=ids, order__isnull=False).select_related("order")
    orders = {row.pk: row.order for row in rows}
    for effect in effects:
        effect.sample = orders.get(effect.payload.get("finding"))  # type: ignore[attr-defined]


register(
    Page("trigger", "Trigger", "triggers/<int:trigger_id>/", TriggerPage, "segments.view_trigger")
)
