"""Scoring settings: how R, F and M are scored, the 125 codes in colour, what would change."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from commerce.models import EventName
from segments import services
from segments.admin.list_column import rfm_labels
from segments.admin.scoring_form import ScoringForm, method_cards
from segments.models import RfmSettings
from segments.scoring.rfm.maps import CODES, KEYS, OWN, SegmentMap, find_map, map_choices
from segments.scoring.rfm.preview import Preview, Size, preview
from segments.scoring.rfm.weights import suggest_weights
from segments.scoring.rfm.wording import weight_presets
from tenants.pages import Page, PageView, register
from tenants.runs import JobFailed


class ScoringPage(PageView):
    template_name = "segments/scoring.html"
    parent = "rfm"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        settings = RfmSettings.current()
        form = kwargs.pop("form", None) or ScoringForm(instance=settings)
        shown = {
            "form": form,
            "cards": method_cards(form.instance),
            "presets": weight_presets(),
            "keys": [(key, rfm_labels()[key]) for key in KEYS],
            "boards": boards(),
            "maps": {key: map_data(find_map(key)) for key, _ in map_choices()},
            "events": list(EventName.objects.all()),
            "job": services.rfm_state()["job"],
        }
        return super().get_context_data(**shown, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show what would change, suggest weights, or save and calculate."""
        form = ScoringForm(request.POST, instance=RfmSettings.current())
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        if request.POST.get("step") == "save":
            return self._save(request, form)
        if request.POST.get("step") == "suggest":
            found = suggest_weights(form.definition(), as_of=services.local_today())
            return self.render_to_response(self.get_context_data(form=form, suggestions=found))
        return self.render_to_response(self.get_context_data(form=form, **_effect(form)))

    def _save(self, request: HttpRequest, form: ScoringForm) -> HttpResponseBase:
        with transaction.atomic():
            settings, own = form.instance, form.painted()
            if own is not None:
                own.save()
                settings.map_key = f"{OWN}{own.pk}"
            services.save_rfm_settings(settings, by=request.user)  # type: ignore[arg-type]
        messages.success(request, "Saved. Everybody is being scored anew.")
        return HttpResponseRedirect(reverse("admin:rfm"))


def boards() -> list[dict[str, Any]]:
    """Return the 125 codes as five boards of R by F, one for each M, the best first."""
    return [
        {"m": m, "rows": [[r * 100 + f * 10 + m for f in range(5, 0, -1)] for r in range(5, 0, -1)]}
        for m in range(5, 0, -1)
    ]


def map_data(shown: SegmentMap) -> dict[str, Any]:
    """Return a map for the browser: a segment and a status for each code."""
    return {
        "label": shown.label,
        "summary": shown.summary,
        "by_score": shown.by_score,
        "labels": shown.labels,
        "cells": {str(code): shown.cells.get(code, "") for code in CODES},
        "status": {str(code): shown.status.get(code, "") for code in CODES},
    }


def _effect(form: ScoringForm) -> dict[str, Any]:
    try:
        found = preview(form.definition(), as_of=services.local_today())
    except JobFailed as error:
        return {"effect_error": str(error)}
    labels = rfm_labels() | dict(form.definition().map.labels)
    return {"effect": found, "effect_rows": effect_rows(found, labels)}


def effect_rows(found: Preview, labels: dict[str, str]) -> list[dict[str, Any]]:
    """Return each segment's customers now and then."""
    keys = [key for key in (*KEYS, "") if key in found.before or key in found.after]
    return [
        {
            "key": key,
            "label": labels.get(key, "Scored, without a segment"),
            "before": found.before.get(key, Size()),
            "after": found.after.get(key, Size()),
            "difference": found.after.get(key, Size()).customers
            - found.before.get(key, Size()).customers,
        }
        for key in keys
    ]


register(
    Page(
        "scoring_settings",
        "Scoring settings",
        "scoring/",
        ScoringPage,
        "access.manage_scoring",
    )
)
