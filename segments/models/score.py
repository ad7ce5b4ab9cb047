"""Runs of scoring models and the movements they found."""

from django.db import models

from commerce.models import Customer
from segments.models.membership import Cause


class ScoreRun(models.Model):
    """One pass of one model: under which parameters, as of when, and what came out."""

    model = models.CharField(max_length=32)  # rfm, engagement, pql, lifecycle
    as_of = models.DateField()
    parameters = models.JSONField(default=dict)
    is_full = models.BooleanField(default=True)
    cause = models.CharField(max_length=20, choices=Cause)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    customers_scored = models.IntegerField(default=0)
    customers_touched = models.IntegerField(default=0)
    distribution = models.JSONField(default=dict)  # key → {customers, revenue, orders, days}
    # RFM: [r, f, m, segment, customers, revenue, orders, days] a code in use, 125 at most; pages
    # read these, not a million rows.
    cells = models.JSONField(default=list)
    # [from, to, customers, revenue] of this run, and of the 30 days before: what pages read.
    moves = models.JSONField(default=list)
    month_moves = models.JSONField(null=True)
    warnings = models.JSONField(default=list)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["model", "-id"], name="score_run_latest")]


class ScoreChange(models.Model):
    """A customer moved from one segment, stage or band of a model to another."""

    run = models.ForeignKey(
        ScoreRun,
        models.CASCADE,
        related_name="changes",
        db_index=False,
        db_constraint=False,
    )
    customer = models.ForeignKey(
        Customer,
        models.SET_NULL,
        null=True,
        related_name="score_changes",
        db_index=False,
        db_constraint=False,
    )
    model = models.CharField(max_length=32)
    from_key = models.CharField(max_length=32, blank=True)
    to_key = models.CharField(max_length=32, blank=True)
    cause = models.CharField(max_length=20, choices=Cause)
    on = models.DateField()
    event = models.CharField(max_length=64, blank=True, db_default="")  # that set it off, if one

    class Meta:
        indexes = [
            models.Index(fields=["model", "on"], name="score_change_by_day"),
            models.Index(fields=["customer", "on"], name="score_change_by_customer"),
        ]
