"""How long this floor keeps its ledgers."""

from datetime import datetime

from segments.models import MembershipChange, ScoreChange, ScoreRun, SegmentRefresh, Task
from tenants import retention

TWO_YEARS_AND_A_MONTH = 760  # days: a month can be compared with the same one two years before


def _delete_membership_changes(before: datetime) -> int:
    return retention.delete_rows(MembershipChange.objects.filter(at__lt=before))


def _delete_score_changes(before: datetime) -> int:
    return retention.delete_rows(ScoreChange.objects.filter(on__lt=before.date()))


def _delete_score_runs(before: datetime) -> int:
    """Spare each model's newest run: today's scores are its."""
    newest = ScoreRun.objects.order_by("model", "-pk").distinct("model").values("pk")
    old = ScoreRun.objects.filter(started_at__lt=before).exclude(pk__in=newest)
    return retention.delete_rows(old)


def _delete_refreshes(before: datetime) -> int:
    return retention.delete_rows(SegmentRefresh.objects.filter(at__lt=before))


def _delete_tasks(before: datetime) -> int:
    return retention.delete_rows(Task.objects.filter(done_at__lt=before))


for kept in (
    retention.Kept(
        key="membership_changes",
        label="Who entered and left segments",
        days=TWO_YEARS_AND_A_MONTH,
        least=95,
        help="Trends and “was in … on” look no further back.",
        delete=_delete_membership_changes,
    ),
    retention.Kept(
        key="score_changes",
        label="Who moved between scores",
        days=TWO_YEARS_AND_A_MONTH,
        least=95,
        help="A customer's movement on their page, and movement tables.",
        delete=_delete_score_changes,
    ),
    retention.Kept(
        key="score_runs",
        label="Runs of the scores",
        days=TWO_YEARS_AND_A_MONTH,
        least=95,
        help="Distributions of earlier days.",
        delete=_delete_score_runs,
    ),
    retention.Kept(
        key="segment_refreshes",
        label="Refreshes of segments",
        days=90,
        least=7,
        help="How long each took, and what stopped it.",
        delete=_delete_refreshes,
    ),
    retention.Kept(
        key="tasks",
        label="Tasks that are done",
        days=365,
        least=7,
        help="Open tasks stay in the inbox.",
        delete=_delete_tasks,
    ),
):
    retention.register(kept)
