"""One piece of background work: queued, leased, counted, finished. Ids and counts only."""

from django.db import models
from django.db.models import Q

from tenants.models.tenant import Tenant


class Run(models.Model):
    """A job's execution. The row is the truth; a message in Redis only wakes a worker."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"
        QUARANTINED = "quarantined", "Stopped after three attempts"

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="runs")
    job = models.CharField(max_length=40)
    slot = models.CharField(
        max_length=80
    )  # the due moment, or what makes a hand-started run the same run
    # Runs of one job and lane never overlap; the database holds it (`run_one_at_a_time`).
    lane = models.CharField(max_length=80, blank=True, default="")
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=16, choices=State, default=State.QUEUED)
    attempt = models.PositiveSmallIntegerField(default=0)
    # Attempts that ended well and left the rest for later: they do not count as failures.
    forgiven = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)  # the message's; empty: the dispatcher sends it
    reaped_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    cancel_requested = models.BooleanField(default=False)
    progress_done = models.BigIntegerField(default=0)
    progress_total = models.BigIntegerField(null=True)
    progress_note = models.CharField(max_length=200, blank=True)
    counts = models.JSONField(default=dict)
    error = models.TextField(blank=True)  # in words for the merchant
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "job", "slot"], name="run_once_per_slot"),
            # Two wake-ups before a worker starts are one run.
            models.UniqueConstraint(
                fields=["tenant", "job"],
                condition=Q(state="queued", slot__startswith="wake:"),
                name="run_one_wake",
            ),
            models.UniqueConstraint(
                fields=["tenant", "job", "lane"],
                condition=Q(state="running"),
                name="run_one_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "lease_until"], name="run_live"),  # dispatcher and reaper
            models.Index(fields=["tenant", "job", "-id"], name="run_latest"),  # pages
        ]

    def __str__(self) -> str:
        return f"{self.job} {self.slot}"

    @property
    def is_live(self) -> bool:
        """Whether the run is still waiting or at work."""
        return self.state in (self.State.QUEUED, self.State.RUNNING)
