"""What this floor shows on a customer's page: the scores with their reasons, and the movement."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from commerce.models import Customer
from segments.admin.explain_drawer import memberships_of
from segments.admin.list_column import rfm_labels
from segments.models import Membership, RfmScore, ScoreChange, ScoreRun, Segment
from segments.scoring.rfm.maps import find_map
from segments.scoring.rfm.run import latest_run
from segments.scoring.rfm.wording import describe
from tenants.panels import CUSTOMER, Panel

CHANGES_SHOWN = 12


@dataclass(frozen=True)
class Reason:
    """One of the three scores, in words."""

    letter: str
    name: str
    score: int
    because: str


def rfm(request: HttpRequest, customer: Any) -> dict[str, Any] | None:
    """Return the customer's score, why it is what it is, and how it moved."""
    run = latest_run()
    if run is None:
        return None
    score = RfmScore.objects.filter(customer=customer).first()
    shown: dict[str, Any] = {"run": run, "score": score, "changes": _changes(customer)}
    if score is None:
        return shown | {"why_not": why_not(customer, run)}
    shown_map = find_map(run.parameters["map"])
    return shown | {
        "label": rfm_labels().get(score.segment, "Scored"),
        "recency": (run.as_of - score.last_order_on).days,
        "reasons": reasons(score, run),
        "description": describe(shown_map, score.segment) if score.segment else None,
    }


def reasons(score: RfmScore, run: ScoreRun) -> list[Reason]:
    """Return why R, F and M are what they are."""
    days = (run.as_of - score.last_order_on).days
    last = "bought today" if days == 0 else f"last order {days:,} day{'s' * (days != 1)} ago"
    orders = f"{score.frequency:,} order{'s' * (score.frequency != 1)}"
    return [
        Reason("R", "Recency", score.r, last),
        Reason("F", "Frequency", score.f, f"{orders} {_period(run, 'frequency_days')}"),
        Reason("M", "Money", score.m, _period(run, "money_days")),
    ]


def _period(run: ScoreRun, name: str) -> str:
    days = run.parameters.get(name)
    return f"in the last {days:,} days" if days else "of all time"


def why_not(customer: Customer, run: ScoreRun) -> str:
    """Return why a customer has no score."""
    if customer.left_out_as:
        return f"Left out of the scores: {customer.get_left_out_as_display().lower()}."
    metrics = getattr(customer, "metrics", None)
    if metrics is None or not metrics.orders_count:
        return "No order that counts yet: a prospect, outside the grid."
    chosen = run.parameters
    if chosen.get("exclude_first_days"):
        return (
            "Held out by the scoring settings: first order less than "
            f"{chosen['exclude_first_days']} days ago, or below a minimum."
        )
    return "Held out by the minimums of the scoring settings, or not scored since the last change."


def _changes(customer: Customer) -> list[dict[str, Any]]:
    labels = rfm_labels()
    rows = ScoreChange.objects.filter(customer=customer, model="rfm").order_by("-on", "-pk")
    return [
        {
            "on": row.on,
            "from": labels.get(row.from_key, "Not scored"),
            "from_key": row.from_key,
            "to": labels.get(row.to_key, "Not scored"),
            "to_key": row.to_key,
            "cause": row.get_cause_display(),
        }
        for row in rows[:CHANGES_SHOWN]
    ]


def segments(request: HttpRequest, customer: Any) -> dict[str, Any] | None:
    """Return the segments that the customer is in, newest first, and those to ask “why not” of."""
    rows = memberships_of(customer)
    inside = Membership.objects.filter(customer=customer).values("segment_id")
    others = Segment.objects.filter(state=Segment.State.ACTIVE).exclude(pk__in=inside)
    return {
        "customer": customer,
        "memberships": [{"row": row, "outlook": ""} for row in rows],
        "asks_until": any(row.segment.stands_on.get("is_temporal") for row in rows),
        "others": list(others.order_by("kind", "name").values_list("pk", "name")[:OTHERS]),
    }


OTHERS = 500  # segments in the box: more is a list to search, not to choose from
SEE = "segments.view_segment"
CUSTOMER.register(Panel("rfm", "RFM", "segments/customer_rfm.html", rfm, 10, SEE))
CUSTOMER.register(
    Panel("segments", "Segments", "segments/customer_segments.html", segments, 20, SEE)
)
