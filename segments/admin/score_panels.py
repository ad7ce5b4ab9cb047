"""Scores beside RFM on a customer's page, each with its reasons; the lifecycle on the dashboard."""

from typing import Any

from django.http import HttpRequest

from segments.admin.score_figures import label_of, lines_of, standing_run
from segments.models import EngagementScore, LifecycleStage, PqlScore, ScoreChange, ScoreRun
from segments.playbooks.reading import playbooks_of_customer
from segments.scores import SCORES
from segments.scoring.engagement.parameters import weights
from segments.scoring.pql.points import outcome
from segments.scoring.pql.signals import GROUPS
from tenants.panels import CUSTOMER, DASHBOARD, Panel

CHANGES_SHOWN = 12
SEE = "segments.view_segment"


def scores(request: HttpRequest, customer: Any) -> dict[str, Any] | None:
    """Return every score of the customer with what it is made of, movement, playbooks."""
    runs = {model.key: standing_run(model.key) for model in SCORES}
    if not any(runs.values()):
        return None
    return {
        "engagement": _engagement(customer, runs["engagement"]),
        "pql": _pql(customer, runs["pql"]),
        "stage": _stage(customer, runs["lifecycle"]),
        "changes": _changes(customer),
        "playbooks": playbooks_of_customer(customer),
        "as_of": max(run.as_of for run in runs.values() if run is not None),
    }


def _engagement(customer: Any, run: ScoreRun | None) -> dict[str, Any] | None:
    if run is None:
        return None
    row = EngagementScore.objects.filter(customer=customer).first()
    if row is None:
        return {"score": None}
    shares = weights(run.parameters)
    days = (run.as_of - row.last_on).days
    per_session = f"{row.actions / row.sessions:.1f} a session" if row.sessions else "none"
    because = {
        "recency": "active today" if days == 0 else f"active {days} day{'s' * (days != 1)} ago",
        "frequency": f"{row.active_days} active day{'s' * (row.active_days != 1)} in 28",
        "depth": f"{row.actions} action{'s' * (row.actions != 1)} in 28 days, {per_session}",
        "breadth": f"{row.features} feature{'s' * (row.features != 1)} in 90 days",
    }
    return {
        "score": row.score,
        "band": row.band,
        "label": label_of(SCORES["engagement"], row.band),
        "parts": [
            {
                "name": name.capitalize(),
                "points": getattr(row, name),
                "percent": 100 * share,
                "because": because[name],
            }
            for name, share in shares.items()
        ],
    }


def _pql(customer: Any, run: ScoreRun | None) -> dict[str, Any] | None:
    if run is None:
        return None
    row = PqlScore.objects.filter(customer=customer).first()
    if row is None:
        return None
    found = outcome(run.parameters, row.signals)
    known = [
        {**signal, "is_shown": bool(row.signals >> place & 1)}
        for place, signal in enumerate(run.parameters["signals"])
        if signal["rule"]
    ]
    return {
        "score": row.score,
        "band": row.band,
        "label": label_of(SCORES["pql"], row.band),
        "urgency": row.urgency if row.urgency != 1 else None,
        "groups": [
            {
                "name": label,
                "reached": found.reached[group],
                "possible": found.possible[group],
                "signals": [signal for signal in known if signal["group"] == group],
            }
            for group, label in GROUPS
        ],
        "urgent": [signal for signal in known if not signal["group"] and signal["is_shown"]],
    }


def _stage(customer: Any, run: ScoreRun | None) -> dict[str, Any] | None:
    row = LifecycleStage.objects.filter(customer=customer).first() if run else None
    if row is None or run is None:
        return None
    stages = {stage["key"]: stage for stage in run.parameters["stages"]}
    return {"row": row, "stage": stages.get(row.stage, {"label": row.stage, "key": row.stage})}


def _changes(customer: Any) -> list[dict[str, Any]]:
    keys = [model.key for model in SCORES]
    rows = ScoreChange.objects.filter(customer=customer, model__in=keys).order_by("-on", "-pk")
    return [
        {
            "row": row,
            "model": SCORES[row.model].label,
            "from": label_of(SCORES[row.model], row.from_key),
            "to": label_of(SCORES[row.model], row.to_key),
        }
        for row in rows[:CHANGES_SHOWN]
    ]


def lifecycle(request: HttpRequest, subject: object) -> dict[str, Any] | None:
    """Return the stages with their customers, for the dashboard."""
    run = standing_run("lifecycle")
    if run is None:
        return None
    model = SCORES["lifecycle"]
    return {"run": run, "model": model, "lines": lines_of(model, run)}


CUSTOMER.register(Panel("scores", "Scores", "segments/customer_scores.html", scores, 15, SEE))
DASHBOARD.register(
    Panel("lifecycle", "Lifecycle", "segments/dashboard_lifecycle.html", lifecycle, 35, SEE)
)
