"""Which lists are to be synced now."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from integrations.models import KlaviyoList
from segments.models import MembershipChange

State = KlaviyoList.State
# Somewhat less than the cadence, so that each round takes every list.
ROUND = timedelta(minutes=25)


def due(*, at: datetime) -> "QuerySet[KlaviyoList]":
    """Return the lists whose time has come, or whose segments have changed since."""
    moved = MembershipChange.objects.filter(
        segment=OuterRef("segment"), at__gt=OuterRef("synced_at")
    )
    rows = KlaviyoList.objects.filter(state=State.ACTIVE, account__state="connected")
    old = Q(synced_at=None) | Q(synced_at__lte=at - ROUND)
    return rows.filter(old | Exists(moved)).select_related("account", "segment")
