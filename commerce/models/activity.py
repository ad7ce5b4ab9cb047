"""How a customer uses the product: one narrow row beside their metrics, and what events mean."""

from django.db import models

from commerce.models.metrics import CustomerMetrics


class CustomerActivity(models.Model):
    """Over the events up to MetricsState.stands_on; who did nothing of the kind has no row.

    Windows that end today are whole local days: 7 are today and the six before. Weeks are compared
    by full days, so they end yesterday: a morning must not look like a decline.
    """

    class Trend(models.TextChoices):
        GROWING = "growing", "Growing"
        STEADY = "steady", "Steady"
        DECLINING = "declining", "Declining"

    metrics = models.OneToOneField(
        CustomerMetrics,
        models.CASCADE,
        primary_key=True,
        db_column="customer_id",
        db_constraint=False,
        related_name="activity",
    )
    last_active_at = models.DateTimeField(null=True)
    last_active_on = models.DateField(null=True)  # local
    signed_up_on = models.DateField(null=True)
    sessions_7 = models.IntegerField(default=0)
    actions_7 = models.IntegerField(default=0)
    sessions_28 = models.IntegerField(default=0)
    actions_28 = models.IntegerField(default=0)
    active_days_28 = models.PositiveSmallIntegerField(default=0)
    features_90 = models.IntegerField(default=0)  # different ones, the last 90 days and today
    trend = models.CharField(max_length=10, choices=Trend, blank=True)
    weeks_declining = models.PositiveSmallIntegerField(default=0)  # in a row, of the last eight
    trial_ends_on = models.DateField(null=True)  # of a trial that nothing has ended
    churned_on = models.DateField(null=True)  # of a cancellation that nothing has undone

    class Meta:
        verbose_name_plural = "customer activity"


class EventRole(models.Model):
    """What an event means here, where that is not what `commerce.event_roles` takes it for."""

    class Role(models.TextChoices):
        SESSION = "session", "A visit or session"
        FEATURE = "feature", "Using a feature"
        ACTION = "action", "Another action"
        SIGN_UP = "sign_up", "Signing up"
        TRIAL = "trial", "A trial begins"
        START = "start", "A subscription begins"
        CANCEL = "cancel", "A subscription is cancelled"
        PASSIVE = "passive", "Not their use of the product"

    name = models.CharField(max_length=64, primary_key=True)
    role = models.CharField(max_length=10, choices=Role)

    def __str__(self) -> str:
        return self.name
