"""A page for each score beside RFM: distribution, movement, runs, and a button to recalculate."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from segments.admin.score_figures import lines_of, movement, runs_of, standing_run, tabs
from segments.scores import SCORES, ScoreModel
from segments.scoring.beside.run import stored_parameters
from segments.scoring.beside.settings import JOB, start_scores
from segments.scoring.engagement.parameters import weights
from tenants import jobs
from tenants.pages import Page, PageView, register

RECALCULATE = "access.manage_scoring"


class ScorePage(PageView):
    template_name = "segments/score.html"

    @property
    def model(self) -> ScoreModel:
        """The score that the address names."""
        return SCORES[self.page.key.removeprefix("score_")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        model, run = self.model, standing_run(self.model.key)
        is_on = run is not None or model.effective(stored_parameters(model.key))["is_on"]
        return super().get_context_data(
            model=model,
            tabs=tabs(),
            run=run,
            is_on=is_on,
            lines=lines_of(model, run),
            moves=movement(model, run),
            runs=runs_of(model.key),
            job=jobs.latest(JOB),
            made_of=_made_of(model, run),
            settings_url=reverse(f"admin:score_{model.key}_settings"),
            may_recalculate=self.request.user.has_perm(RECALCULATE),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Queue a calculation."""
        if not request.user.has_perm(RECALCULATE):
            return HttpResponse("Your role cannot calculate scores.", status=403)
        start_scores(is_full=True)
        messages.success(request, "The calculation has been queued.")
        return HttpResponseRedirect(request.path)


def _made_of(model: ScoreModel, run: Any) -> list[str]:
    """Return, in short, what the score of a run is made of."""
    if run is None:
        return []
    if model.key == "engagement":
        shares = weights(run.parameters)
        return [f"{name} {100 * share:.0f} %" for name, share in shares.items()]
    if model.key == "pql":
        known = [signal for signal in run.parameters["signals"] if signal["rule"]]
        return [f"{len(known)} of {len(run.parameters['signals'])} signals have data"]
    return [f"{stage['label']}: {stage['criteria']}" for stage in run.parameters["stages"]]


for _key, _label in (("engagement", "Engagement"), ("pql", "PQL"), ("lifecycle", "Lifecycle")):
    register(Page(f"score_{_key}", _label, f"scores/{_key}/", ScorePage, "segments.view_segment"))
