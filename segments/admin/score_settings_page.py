"""A score's settings: weights, limits, signals, stages; what would change before it is saved."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from commerce.models import EventName
from segments.admin.score_boxes import READERS, with_sentences
from segments.admin.score_figures import label_of, tabs
from segments.models import Segment
from segments.scores import SCORES, ScoreModel
from segments.scoring.beside.preview import Preview, preview
from segments.scoring.beside.run import stored_parameters
from segments.scoring.beside.settings import JOB, save_parameters
from segments.scoring.engagement import parameters as engagement
from segments.scoring.lifecycle.stages import SETS
from segments.scoring.pql.signals import GROUPS
from tenants import jobs
from tenants.pages import Page, PageView, register
from tenants.runs import JobFailed

WORDS = {
    "recency": ("Recency", "At most … days since they were active"),
    "frequency": ("Frequency", "At least … active days in the last 28"),
    "depth": ("Depth", "At least … actions a session, last 28 days"),
    "breadth": ("Breadth", "At least … % of the features anybody used in 90 days"),
}
SOURCES = (("auto", "Chosen for your store"), ("product", "Use of the product"),
           ("shop", "Orders and letters"))  # fmt: skip


class ScoreSettingsPage(PageView):
    @property
    def model(self) -> ScoreModel:
        """The score that the address names."""
        return SCORES[self.page.key.removeprefix("score_").removesuffix("_settings")]

    def get_template_names(self) -> list[str]:
        return [f"segments/score_{self.model.key}.html"]

    def breadcrumbs(self) -> list[dict[str, str]]:
        key = f"score_{self.model.key}"
        return [{"title": self.model.label, "link": reverse(f"{self.site.name}:{key}")}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        model = self.model
        stored = kwargs.pop("stored", None)
        is_first = stored is None
        stored = stored_parameters(model.key) if stored is None else stored
        try:
            effective = model.effective(stored)
        except ValidationError:
            effective = model.effective({}) | (stored if not is_first else {})
        return super().get_context_data(
            model=model,
            tabs=tabs(),
            told=effective,
            events=list(EventName.objects.order_by("label")),
            job=jobs.latest(JOB),
            **SHOWN[model.key](effective, stored),
            **{"faults": []} | kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Say what would change, or save and calculate; start over with the shipped settings."""
        key = self.model.key
        if request.POST.get("step") == "reset":
            save_parameters(key, {}, by=request.user)  # type: ignore[arg-type]
            messages.success(request, "Back to the settings it came with. Scores follow.")
            return HttpResponseRedirect(reverse(f"admin:score_{key}"))
        stored, faults = READERS[key](request.POST)
        try:
            if faults:
                raise ValidationError({box: [text] for box, text in faults})
            if request.POST.get("step") == "save":
                save_parameters(key, stored, by=request.user)  # type: ignore[arg-type]
                messages.success(request, "Saved. Everybody is being scored anew.")
                return HttpResponseRedirect(reverse(f"admin:score_{key}"))
            shown = _effect(self.model, preview(key, stored, at=timezone.now()))
        except ValidationError as error:
            shown = {"faults": _faults(error)}
        except JobFailed as error:
            shown = {"effect_error": str(error)}
        return self.render_to_response(self.get_context_data(stored=stored, **shown))


def _faults(error: ValidationError) -> list[dict[str, str]]:
    return [
        {"box": _named(box), "text": text}
        for box, texts in error.message_dict.items()
        for text in texts
    ]


def _named(box: str) -> str:
    """Return a box in words: `signal-used_premium-rule` is "Used premium, rule"."""
    parts = box.split("-")
    name = ", ".join(parts[1:]) if len(parts) > 1 else box
    return name.replace("_", " ").capitalize()


def _effect(model: ScoreModel, found: Preview) -> dict[str, Any]:
    """Return what would change, of this score and of those that read it."""
    read_by = [(SCORES[key], other) for key, other in found.others.items()]
    parts = [(model, found), *read_by]
    shown = [{"model": one, "found": told, "rows": _rows(one, told)} for one, told in parts]
    return {"effect": found, "effects": shown}


def _rows(model: ScoreModel, found: Preview) -> list[dict[str, Any]]:
    keys = [key for key, _ in model.choices()]
    keys += sorted({*found.before, *found.after} - {*keys})
    return [
        {
            "key": key,
            "label": label_of(model, key),
            "before": found.before.get(key, 0),
            "after": found.after.get(key, 0),
            "difference": found.after.get(key, 0) - found.before.get(key, 0),
        }
        for key in keys
    ]


def _engagement(told: dict[str, Any], stored: dict[str, Any]) -> dict[str, Any]:
    levels = ("Most", "Much", "Some", "Little")
    return {
        "components": [
            {
                "key": name,
                "label": WORDS[name][0],
                "words": WORDS[name][1],
                "weight": told[f"weight_{name}"],
                "source": stored.get(f"{name}_source", "auto"),
                "reads": told[f"{name}_source"],
                "levels": list(
                    zip(levels, told[f"{name}_limits"], told[f"{name}_points"][:4], strict=True)
                ),
                "otherwise": told[f"{name}_points"][4],
            }
            for name in engagement.COMPONENTS
        ],
        "bands": list(zip(engagement.BANDS[:4], told["bands"], strict=True)),
        "sources": SOURCES,
    }


def _pql(told: dict[str, Any], stored: dict[str, Any]) -> dict[str, Any]:
    return {
        "signals": with_sentences(told["signals"] or []),
        "groups": [(group, label, told[f"weight_{group}"]) for group, label in GROUPS],
        "group_choices": (*GROUPS, ("", "Urgency (multiplies)")),
        "rule_segments": _rule_segments(),
    }


def _lifecycle(told: dict[str, Any], stored: dict[str, Any]) -> dict[str, Any]:
    return {
        "stages": with_sentences(told.get("stages") or []),
        "sets": SETS,
        "rule_segments": _rule_segments(),
    }


def _rule_segments() -> list[tuple[int, str]]:
    rows = Segment.objects.filter(kind=Segment.Kind.RULES, state=Segment.State.ACTIVE)
    return list(rows.order_by("name").values_list("pk", "name")[:200])


SHOWN = {"engagement": _engagement, "pql": _pql, "lifecycle": _lifecycle}
for _key, _label in (("engagement", "Engagement"), ("pql", "PQL"), ("lifecycle", "Lifecycle")):
    register(
        Page(
            f"score_{_key}_settings",
            f"{_label} settings",
            f"scores/{_key}/settings/",
            ScoreSettingsPage,
            "access.manage_scoring",
        )
    )
