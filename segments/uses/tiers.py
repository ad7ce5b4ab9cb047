"""Loyalty tiers from RFM segments (source 001, use case 4), and writing them to customers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction

from commerce import edits
from segments.models import LoyaltyTiers, RfmScore
from segments.scoring.rfm.maps import LABELS
from tenants import audit, jobs
from tenants.models import Run
from tenants.progress import Progress, Silence

JOB = "write_tiers"
LONGEST = 64
PART = 5_000  # customers a transaction: some seconds


@dataclass(frozen=True)
class Tier:
    """A tier with its customers: scored so, and of those who have another tier now."""

    name: str
    segments: tuple[str, ...]
    customers: int
    to_write: int


def save_tiers(told: Mapping[str, str], *, by: User | None) -> LoyaltyTiers:
    """Keep which segment is worth which tier; an empty name is none. Raise ValidationError."""
    tiers = {key: told[key].strip() for key in LABELS if told.get(key, "").strip()}
    for key, name in tiers.items():
        if len(name) > LONGEST:
            raise ValidationError({key: [f"A tier’s name has {LONGEST} characters at most."]})
    with transaction.atomic():
        row = LoyaltyTiers.current()
        row.tiers = tiers
        row.save()
        audit.record(by, "loyalty_tiers", row, tiers=len(set(tiers.values())))
    return row


def tiers_now() -> list[Tier]:
    """Return every tier in the order of its best segment."""
    chosen = LoyaltyTiers.current().tiers
    by_name: dict[str, list[str]] = {}
    for key in LABELS:
        if key in chosen:
            by_name.setdefault(chosen[key], []).append(key)
    return [_tier(name, tuple(keys)) for name, keys in by_name.items()]


def _tier(name: str, segments: tuple[str, ...]) -> Tier:
    rows = _members(segments)
    return Tier(name, segments, rows.count(), rows.exclude(customer__loyalty_tier=name).count())


def _members(segments: tuple[str, ...]) -> Any:
    return RfmScore.objects.filter(segment__in=segments, customer__metrics__in_base=True)


def start_writing(*, by: User | None) -> Run:
    """Queue writing the tiers to their customers, with an audit row."""
    audit.record(by, "write_tiers", LoyaltyTiers.current())
    return jobs.live(JOB) or jobs.start(JOB)


def write_tiers(*, at: datetime, progress: Progress | None = None) -> int:
    """Write each tier to the customers of its segments, through the door of staff's edits.

    Nobody's tier is taken away: a tier may have come from somewhere else. Returns the changed.
    """
    progress, changed = progress or Silence(), 0
    found = tiers_now()
    total = sum(tier.to_write for tier in found)
    for tier in found:
        rows = _members(tier.segments).exclude(customer__loyalty_tier=tier.name)
        ids = list(rows.order_by("customer_id").values_list("customer_id", flat=True))
        for first in range(0, len(ids), PART):
            part = ids[first : first + PART]
            changed += edits.edit(part, changes={"loyalty_tier": tier.name}, by=None, at=at)
            progress.report(changed, total, f"{tier.name}: customers written")
    return changed
