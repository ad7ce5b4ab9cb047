"""Triggers: the list with what holds for all, and the form that makes and changes one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from segments.actions import contact, finding_words, triggers
from segments.actions.kinds import KINDS
from segments.actions.overview import lines
from segments.admin.trigger_form import (
    TriggerForm,
    initial_of,
    options_forms,
    options_sent,
    score_boxes,
)
from segments.models import Segment, Trigger
from tenants import audit, effect_targets
from tenants.pages import Page, PageView, register
from tenants.schema import connection

LOOK, MAKE, CHANGE = (f"segments.{verb}_trigger" for verb in ("view", "add", "change"))
RULE_ALL = "access.manage_settings"


class TriggersPage(PageView):
    template_name = "segments/triggers.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pause = effect_targets.outgoing_pause()
        return super().get_context_data(
            lines=lines(at=timezone.now()),
            pause=pause,
            most_per_week=contact.most_per_week(),
            may_add=self.request.user.has_perm(MAKE),
            may_rule=self.request.user.has_perm(RULE_ALL),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(RULE_ALL):
            raise PermissionDenied
        step, schema = request.POST.get("step", ""), connection.schema_name
        if step == "pause":
            effect_targets.pause_outgoing(schema, at=timezone.now())
            messages.success(request, "Nothing goes out any more. What is to be sent waits.")
        elif step == "resume":
            effect_targets.resume_outgoing(schema)
            messages.success(request, "What waited goes out again, within five minutes.")
        elif step == "contact":
            self._set_contact(request)
            return HttpResponseRedirect(request.path)
        else:
            messages.error(request, "This button is unknown. Reload the page and try again.")
            return HttpResponseRedirect(request.path)
        audit.record(request.user, "pause_outgoing", Trigger, is_paused=step == "pause")
        return HttpResponseRedirect(request.path)

    def _set_contact(self, request: HttpRequest) -> None:
        text = request.POST.get("most_per_week", "")
        if not text.isdecimal() or len(text) > 3:
            messages.error(request, "Messages a week are a whole number from 0 to 999.")
            return
        contact.set_most_per_week(int(text), by=request.user)
        messages.success(request, "Saved. It holds for all triggers that reach customers.")


class TriggerFormPage(PageView):
    template_name = "segments/trigger_form.html"
    parent = "triggers"

    @property
    def row(self) -> Trigger | None:
        """The trigger being changed, None for a new one."""
        pk = self.kwargs.get("trigger_id")
        return get_object_or_404(Trigger, pk=pk) if pk else None

    def get_title(self) -> str:
        row = self.row
        return f"Change “{row.name}”" if row else "New trigger"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, sent = self.row, kwargs.pop("sent", None)
        begin = initial_of(row) if row else self._suggested()
        form = kwargs.pop("form", None) or TriggerForm(initial=begin)
        told: dict[str, Any] = {
            "row": row,
            "form": form,
            "kinds": options_forms(row, sent),
            "scores": score_boxes(row, sent),
            "kind": form["kind"].value() or next(iter(KINDS)).key,
        }
        return super().get_context_data(**told | kwargs)

    def _suggested(self) -> dict[str, Any]:
        """Begin with the segment whose page led here, or with what is to be found of samples."""
        if (finding := self.request.GET.get("finding", "")) in finding_words.WORDS:
            name = dict(finding_words.choices())[finding]
            return {"on": Trigger.On.FOUND, "finding": finding, "name": name, "kind": "inbox_task"}
        asked = self.request.GET.get("segment", "")
        if not asked.isdecimal() or len(asked) > 17:
            return {}
        segment = Segment.objects.filter(pk=int(asked)).first()
        return {"segment": asked, "name": f"Entering {segment.name}"} if segment else {}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        row = self.row
        if request.POST.get("step") == "delete" and row is not None:
            if not request.user.has_perm("segments.delete_trigger"):
                raise PermissionDenied
            triggers.delete_trigger(row, by=request.user)
            messages.success(request, f"“{row.name}” is gone. Its tasks stay in the inbox.")
            return HttpResponseRedirect(reverse("admin:triggers"))
        form = TriggerForm(request.POST)
        if form.is_valid():
            try:
                return self._save(request, form, row)
            except ValidationError as error:
                return self._refuse(request, form, error.message_dict)
        return self._refuse(request, form, {})

    def _save(
        self, request: HttpRequest, form: TriggerForm, row: Trigger | None
    ) -> HttpResponseBase:
        trigger = form.fill(row or Trigger(created_by_id=request.user.pk), request.POST)
        options = options_sent(trigger.kind, request)
        if request.POST.get("step") == "save_off":
            trigger.is_on = False
        if options.get("with_contact") and not request.user.has_perm(
            "commerce.view_contact_details"
        ):
            words = "You cannot see names and addresses, so you cannot have them sent."
            raise ValidationError({"with_contact": words})
        kept = triggers.save_trigger(trigger, options=options, by=request.user, at=timezone.now())
        listens = "listens from now on" if kept.is_on else "is off: count whom it would touch first"
        messages.success(request, f"“{kept.name}” is saved and {listens}.")
        return HttpResponseRedirect(reverse("admin:trigger", args=[kept.pk]))

    def _refuse(
        self, request: HttpRequest, form: TriggerForm, faults: dict[str, list[str]]
    ) -> HttpResponseBase:
        for name, words in faults.items():
            if name in form.fields:
                form.add_error(name, words)
        context = self.get_context_data(form=form, sent=request.POST)
        for entry in context["kinds"]:
            if entry["is_chosen"]:
                entry["form"].is_valid()
                for name, words in faults.items():
                    if name in entry["form"].fields and name not in entry["form"].errors:
                        entry["form"].add_error(name, words)
        return self.render_to_response(context, status=400)


register(Page("triggers", "Triggers", "triggers/", TriggersPage, LOOK))
register(Page("trigger_add", "New trigger", "triggers/add/", TriggerFormPage, MAKE))
register(
    Page("trigger_edit", "Trigger", "triggers/<int:trigger_id>/edit/", TriggerFormPage, CHANGE)
)
