"""RFM: how the merchant scores, and everyone's score."""

from django.db import models

from commerce.models import Customer
from commerce.models.order import money
from segments.models.beside import beside_metrics


class RfmSettings(models.Model):
    """The merchant's choice of method, map, periods, weights and exclusions. One row."""

    method = models.CharField(max_length=20, default="fixed")  # key in segments.scoring.rfm.methods
    map_key = models.CharField(max_length=64, default="standard_11")  # a shipped map, or "own:<id>"
    parameters = models.JSONField(
        default=dict, blank=True
    )  # thresholds the merchant edited, per method
    frequency_days = models.PositiveIntegerField(
        null=True, blank=True, default=365
    )  # none: all time
    money_days = models.PositiveIntegerField(null=True, blank=True, default=365)
    weight_r = models.DecimalField(max_digits=6, decimal_places=2, default=1)
    weight_f = models.DecimalField(max_digits=6, decimal_places=2, default=1)
    weight_m = models.DecimalField(max_digits=6, decimal_places=2, default=1)
    exclude_first_days = models.PositiveIntegerField(default=0)
    minimum_orders = models.PositiveIntegerField(default=0)
    minimum_spend = money()
    names_segments = models.BooleanField(default=True)  # off: scores only
    shows_recommendations = models.BooleanField(default=True)

    class Meta:
        verbose_name = verbose_name_plural = "RFM settings"

    @classmethod
    def current(cls) -> "RfmSettings":
        """Return the one row, made with defaults the first time."""
        return cls.objects.get_or_create(pk=1)[0]


class RfmMap(models.Model):
    """A map of the merchant's own: a shipped one with some of its 125 cells changed."""

    name = models.CharField(max_length=80)
    based_on = models.CharField(max_length=64)
    cells = models.JSONField(default=dict)  # code → segment key, only where it differs

    def __str__(self) -> str:
        return self.name


class RfmScore(models.Model):
    """A customer's current score. recency_days and as_of come from last_order_on and the run."""

    # No constraint in the database: the rows come from it in the same transaction, and checking
    # each costs half a full pass.
    customer = models.OneToOneField(
        Customer, models.CASCADE, primary_key=True, related_name="rfm", db_constraint=False
    )
    metrics = beside_metrics("rfm")
    last_order_on = models.DateField()  # of activity, where the method reads activity
    frequency = models.IntegerField()
    monetary = money()
    r = models.PositiveSmallIntegerField()
    f = models.PositiveSmallIntegerField()
    m = models.PositiveSmallIntegerField()
    code = models.PositiveSmallIntegerField()  # 555 … 111, the map's reading of R, F, M
    score = models.DecimalField(max_digits=7, decimal_places=4)  # weighted
    segment = models.CharField(max_length=20)  # key, the same over all maps; empty when scores only
    previous_segment = models.CharField(max_length=20, blank=True)
    changed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # A segment's customers, most spend first. A cell of the heat map is found without an
            # index:
            # 80 ms at a million rows, where keeping one would slow every pass by a tenth.
            models.Index(fields=["segment", "-monetary", "customer"], name="rfm_by_segment"),
        ]
