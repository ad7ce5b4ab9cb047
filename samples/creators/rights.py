"""Usage rights: what the merchant may do with a creator's work, and until when."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from samples.creators.acting import user_of
from samples.models import UsageRight
from tenants import audit

SOON = 30  # days


def save(right: UsageRight, *, by: audit.Actor) -> UsageRight:
    """Write a new or changed right."""
    with transaction.atomic():
        if right.pk is None:
            right.added_by = user_of(by)
        right.save()
        audit.record(by, "usage_right", right)
    return right


def remove(right: UsageRight, *, by: audit.Actor) -> None:
    """Delete a right."""
    with transaction.atomic():
        audit.record(by, "remove_usage_right", right)
        right.delete()


def ending(*, on: date, within: int = SOON) -> "QuerySet[UsageRight]":
    """Return the rights whose last day is one of `on` … `on` + `within` days."""
    last = on + timedelta(days=within)
    return UsageRight.objects.filter(ends_on__range=(on, last)).order_by("ends_on", "pk")


def ended(*, on: date) -> "QuerySet[UsageRight]":
    """Return the rights whose last day is over, latest first."""
    return UsageRight.objects.filter(ends_on__lt=on).order_by("-ends_on", "-pk")


def holding(*, on: date) -> "QuerySet[UsageRight]":
    """Return the rights that hold on the day, those without an end last."""
    rows = UsageRight.objects.filter(Q(ends_on=None) | Q(ends_on__gte=on), starts_on__lte=on)
    return rows.order_by("ends_on", "pk")  # nothing comes last
