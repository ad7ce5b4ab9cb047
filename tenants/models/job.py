"""When each merchant's periodic work is next due: the only truth about schedules."""

from django.db import models

from tenants.models.tenant import Tenant


class TenantJob(models.Model):
    """One row a merchant and job. Beat only ticks; the dispatcher reads these."""

    class Cadence(models.TextChoices):
        OFF = "off", "Off"
        HOURS = "hours", "Every so many hours"
        MINUTES = "minutes", "Every so many minutes"
        DAILY = "daily", "Every day"
        WEEKLY = "weekly", "Every week"
        MONTHLY = "monthly", "Every month"
        ON_DEMAND = "on_demand", "Only when asked"

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="jobs")
    job = models.CharField(max_length=40)  # key in tenants.jobs.REGISTRY
    cadence = models.CharField(max_length=16, choices=Cadence)
    every = models.PositiveSmallIntegerField(default=1)  # hours or minutes
    at = models.TimeField(null=True, blank=True)  # the merchant's local time
    day = models.PositiveSmallIntegerField(default=1)  # ISO weekday, or day of the month up to 28
    next_run_at = models.DateTimeField(null=True, blank=True)
    last_run_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "job"], name="job_once_per_tenant")
        ]
        indexes = [models.Index(fields=["next_run_at"], name="job_due")]  # the dispatcher's tick

    def __str__(self) -> str:
        return f"{self.tenant_id} {self.job}"
