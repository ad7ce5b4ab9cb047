"""How the installation is: who was seen when, what waits, what is stuck."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from django.db.models import Count, Min, Q, Sum
from django.utils import timezone

from tenants.dispatch import sendable
from tenants.jobs import REGISTRY
from tenants.models import Pulse, Run, Tenant, TenantJob
from tenants.queues import QUEUES
from tenants.sending import backlog
from tenants.versions import current_version

SILENT_AFTER = dt.timedelta(seconds=90)  # three ticks
LATE_AFTER = dt.timedelta(minutes=10)  # a run that nobody took, a moment nobody noticed
PULSES = {"beat": "Beat", "dispatcher": "Dispatcher", "reaper": "Reaper"}


@dataclass(frozen=True)
class Lag:
    """How long the oldest of a job's waiting runs and due moments has waited, in seconds."""

    key: str
    label: str
    waiting: int
    oldest_seconds: int


class Problem(NamedTuple):
    """A condition by its key, which stays the same while it lasts, and in words for the staff."""

    key: str
    words: str


@dataclass(frozen=True)
class Status:
    """What the page shows and the command prints."""

    as_of: dt.datetime
    version: str
    seen: dict[str, dt.datetime | None]
    backlog: dict[str, int] | None
    merchants: dict[str, int]
    behind: int  # merchants whose schema has another version
    runs: dict[str, int]
    lags: list[Lag]
    stuck: list[int]  # runs whose lease ran out or that nobody took
    quarantined: list[int]
    failing_targets: int  # that stand paused after failures, of all merchants
    outgoing_paused: bool  # nothing goes out of the whole installation

    @property
    def found(self) -> list[Problem]:
        """What somebody has to do something about."""
        return _problems(self)

    @property
    def problems(self) -> list[str]:
        """The same, in words."""
        return [problem.words for problem in self.found]

    def data(self) -> dict[str, Any]:
        """Return everything for programs."""
        return asdict(self) | {"problems": self.problems, "ok": not self.found}


def read_status() -> Status:
    """Read the status in `public`, where the connection must stand."""
    now = timezone.now()
    seen = dict(Pulse.objects.values_list("key", "seen_at"))
    queues = backlog(QUEUES)
    return Status(
        as_of=now,
        version=current_version(),
        seen={key: seen.get(key) for key in PULSES},
        backlog=dict(queues) if queues is not None else None,
        merchants=_counts(merchants(), "state"),
        behind=merchants().exclude(migrated_to=current_version()).filter(served()).count(),
        runs=_counts(Run.objects.exclude(state__in=["done", "cancelled"]), "state"),
        lags=_lags(now),
        stuck=list(stuck_runs(now).values_list("pk", flat=True)[:100]),
        quarantined=list(
            Run.objects.filter(state=Run.State.QUARANTINED).values_list("pk", flat=True)[:100]
        ),
        failing_targets=merchants().aggregate(n=Sum("failing_targets"))["n"] or 0,
        outgoing_paused=Tenant.objects.filter(
            schema_name="public", outgoing_paused_at__isnull=False
        ).exists(),
    )


def merchants() -> Any:
    """Return the merchants; the platform's own row is none."""
    return Tenant.objects.exclude(schema_name="public")


def served() -> Q:
    """Return the condition under which a merchant's schema has to be kept in step."""
    return Q(state__in=[Tenant.State.READY, Tenant.State.SUSPENDED])


def stuck_runs(now: dt.datetime) -> Any:
    """Return runs that should have moved by themselves and did not."""
    dead = Q(state=Run.State.RUNNING, lease_until__lt=now - SILENT_AFTER)
    ignored = Q(pk__in=sendable().filter(created_at__lt=now - LATE_AFTER).values("pk"))
    return Run.objects.filter(dead | ignored).order_by("pk")


def _counts(rows: Any, name: str) -> dict[str, int]:
    return dict(rows.order_by().values_list(name).annotate(Count("pk")))


def _lags(now: dt.datetime) -> list[Lag]:
    """Return the jobs with something waiting, the longest wait first."""
    waiting = (
        sendable().order_by().values("job").annotate(many=Count("pk"), first=Min("created_at"))
    )
    due = TenantJob.objects.filter(next_run_at__lt=now, tenant__state=Tenant.State.READY)
    oldest: dict[str, tuple[int, dt.datetime]] = {
        row["job"]: (row["many"], row["first"]) for row in waiting
    }
    late = due.order_by().values_list("job").annotate(many=Count("pk"), first=Min("next_run_at"))
    for job, many, first in late:
        count, moment = oldest.get(job, (0, first))
        oldest[job] = (count + many, min(moment, first))
    lags = [
        Lag(key, entry.label if (entry := REGISTRY.get(key)) else key, many, _seconds(now, first))
        for key, (many, first) in oldest.items()
    ]
    return sorted(lags, key=lambda lag: -lag.oldest_seconds)


def _seconds(now: dt.datetime, then: dt.datetime) -> int:
    return max(int((now - then).total_seconds()), 0)


def _problems(status: Status) -> list[Problem]:
    found = [*_silent_parts(status)]
    if status.backlog is None:
        found.append(Problem("redis", "Redis does not answer. Work waits; nothing is lost."))
    if status.behind:
        many = _many(status.behind, "merchant has", "merchants have")
        found.append(Problem("behind", f"{many} the tables of another version. Run upgrade."))
    if status.stuck:
        many = _many(len(status.stuck), "run is", "runs are")
        found.append(Problem("stuck", f"{many} stuck."))
    if status.quarantined:
        many = _many(len(status.quarantined), "run was", "runs were")
        found.append(Problem("quarantined", f"{many} stopped after three attempts."))
    failed = status.merchants.get(Tenant.State.FAILED, 0)
    if failed:
        many = _many(failed, "merchant", "merchants")
        found.append(Problem("set_up", f"{many} could not be set up."))
    if status.failing_targets:
        many = _many(status.failing_targets, "target stands", "targets stand")
        found.append(Problem("failing_targets", f"{many} paused after failures; effects wait."))
    if status.outgoing_paused:
        found.append(Problem("outgoing", "Nothing goes out: outgoing effects are paused."))
    return found


def _silent_parts(status: Status) -> Iterator[Problem]:
    for key, label in PULSES.items():
        moment = status.seen[key]
        if moment is None:
            words = f"{label} has never been seen. Start beat and a worker."
            yield Problem(f"silent_{key}", words)
        elif status.as_of - moment > SILENT_AFTER:
            minutes = _seconds(status.as_of, moment) // 60
            words = f"{label} was last seen {minutes} minutes ago. Look at beat and worker."
            yield Problem(f"silent_{key}", words)


def _many(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"
