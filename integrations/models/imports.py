"""Imported files: what they are, how their columns are understood, how far they came."""

from django.conf import settings
from django.db import models


class ImportFile(models.Model):
    """One file, uploaded or named on the command line. It resumes at `rows_done`."""

    class Kind(models.TextChoices):
        ORDERS = "orders", "Orders"
        CUSTOMERS = "customers", "Customers"
        EVENTS = "events", "Events"

    class State(models.TextChoices):
        MAPPING = "mapping", "To check"
        READY = "ready", "Waiting"
        RUNNING = "running", "Importing"
        DONE = "done", "Imported"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Stopped"

    kind = models.CharField(max_length=16, choices=Kind, default=Kind.ORDERS)
    source = models.CharField(max_length=64, default="csv")
    name = models.CharField(max_length=255)  # as the person called it; never a path
    path = models.CharField(max_length=1000)  # relative to the merchant's folder, or absolute
    is_upload = models.BooleanField(default=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(default=0)
    mapping = models.JSONField(default=dict)  # integrations.csv.mapping
    state = models.CharField(max_length=16, choices=State, default=State.MAPPING)
    rows_done = models.BigIntegerField(default=0)  # written in the transaction of its rows
    counts = models.JSONField(default=dict)
    dry_counts = models.JSONField(default=dict)  # of the last trial, which wrote nothing
    error = models.TextField(blank=True)
    run_id = models.BigIntegerField(null=True, blank=True)  # public Run of the last attempt
    started_at = models.DateTimeField(null=True, blank=True)  # of the first attempt
    finished_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "import"
        ordering = ["-id"]
        indexes = [models.Index(fields=["sha256"], name="import_by_content")]  # the same file again

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether it can still be started or started again."""
        return self.state not in (self.State.DONE, self.State.RUNNING)


class RejectedRow(models.Model):
    """A row that was not taken, and why. Only the first of a file are kept, all are counted."""

    file = models.ForeignKey(ImportFile, models.CASCADE, related_name="rejected")
    line = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    cells = models.JSONField(default=list)  # as in the file, cut

    class Meta:
        indexes = [models.Index(fields=["file", "line"], name="rejected_by_line")]

    def __str__(self) -> str:
        return f"Line {self.line}"
