"""Goals: the list with what each figure is now, the form, and the dashboard's panel."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from segments import goals
from segments.digest import mailing
from segments.goal_words import said, value_of
from segments.models import Goal, Segment
from tenants.pages import Page, PageView, register
from tenants.panels import DASHBOARD, Panel

SEE, CHANGE = "segments.view_segment", "segments.change_segment"


class GoalForm(forms.Form):
    """A figure, which way, how much."""

    figure = forms.ChoiceField(
        label="Figure",
        choices=lambda: [(row.key, row.label) for row in goals.FIGURES],
        widget=forms.Select(attrs={"x-model": "figure"}),
    )
    segment = forms.ModelChoiceField(
        label="Segment",
        queryset=Segment.objects.filter(state=Segment.State.ACTIVE).order_by("name"),
        required=False,
        empty_label="Choose …",
    )
    direction = forms.ChoiceField(label="Should be", choices=Goal.Direction.choices)
    target = forms.DecimalField(
        label="Target",
        max_digits=18,
        decimal_places=2,
        help_text="Percent for a share, your currency for money, otherwise customers.",
    )


class GoalsPage(PageView):
    template_name = "segments/goals.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_change = self.request.user.has_perm(CHANGE)
        shown: dict[str, Any] = {"form": GoalForm(auto_id="goal-%s")} if may_change else {}
        return super().get_context_data(
            **shown
            | {
                "lines": _lines(),
                "may_change": may_change,
                "mails": mailing.is_configured(),
                "figures": list(goals.FIGURES),
            }
            | kwargs
        )

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Set a new goal, or look at all of them now; looking mails nothing."""
        if request.POST.get("step") == "look" and request.user.has_perm(CHANGE):
            goals.look(goals.all_goals(), at=timezone.now())
            return HttpResponseRedirect(reverse("admin:goals"))
        return _save(self, request, Goal())


class GoalPage(PageView):
    template_name = "segments/goal.html"
    parent = "goals"

    @property
    def row(self) -> Goal:
        """The goal that the address names."""
        rows = Goal.objects.select_related("segment")
        return get_object_or_404(rows, pk=self.kwargs["goal_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        goal = self.row
        names = ("figure", "segment", "direction", "target")
        told = {name: getattr(goal, name) for name in names}
        shown = {"form": GoalForm(initial=told, auto_id="goal-%s"), "goal": goal}
        return super().get_context_data(**shown | {"said": said(goal)} | kwargs)

    def post(self, request: HttpRequest, goal_id: int) -> HttpResponseBase:
        """Change the goal, or delete it."""
        goal = self.row
        if request.POST.get("step") == "delete":
            goals.delete_goal(goal, by=request.user)  # type: ignore[arg-type]
            messages.success(request, "The goal is deleted.")
            return HttpResponseRedirect(reverse("admin:goals"))
        return _save(self, request, goal)


def _save(page: PageView, request: HttpRequest, goal: Goal) -> HttpResponseBase:
    if not request.user.has_perm(CHANGE):
        raise PermissionDenied
    form = GoalForm(request.POST, auto_id="goal-%s")
    if form.is_valid():
        try:
            kept = goals.save_goal(
                goal,
                **form.cleaned_data,
                by=request.user,  # type: ignore[arg-type]
                at=timezone.now(),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"The goal is set: {said(kept)}.")
            return HttpResponseRedirect(reverse("admin:goals"))
    return page.render_to_response(page.get_context_data(form=form), status=400)


def _lines() -> list[dict[str, Any]]:
    return [
        {
            "goal": row,
            "said": said(row),
            "value": value_of(row),
            "help": goals.FIGURES[row.figure].help,
        }
        for row in goals.all_goals()
    ]


def dashboard(request: HttpRequest, subject: object) -> dict[str, Any] | None:
    """Return the goals for the dashboard; nothing while there are none."""
    lines = _lines()
    return {"lines": lines} if lines else None


register(Page("goals", "Goals", "goals/", GoalsPage, SEE))
register(Page("goal", "Goal", "goals/<int:goal_id>/", GoalPage, CHANGE))
DASHBOARD.register(Panel("goals", "Goals", "segments/dashboard_goals.html", dashboard, 15, SEE))
