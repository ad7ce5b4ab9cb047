"""The worked uses as tables for files: a header and rows, with the audit row of an export."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from segments.models import RfmScore
from segments.uses.hours import share_hours
from segments.uses.lists import CHURNING, by_priority, every_row, scored
from segments.uses.tiers import tiers_now
from tenants import audit
from tenants.registry import Registry

Line = Sequence[Any]


@dataclass(frozen=True)
class Use:
    """A worked use: `lines` are its rows under `header`."""

    key: str
    label: str
    summary: str
    header: tuple[str, ...]
    lines: Callable[[], Iterator[Line]]


USES: Registry[Use] = Registry("worked use")


def _tiers() -> Iterator[Line]:
    for tier in tiers_now():
        for row in every_row(scored(tier.segments)):
            yield row.own_id or row.customer.pk, row.segment, tier.name


def _churn() -> Iterator[Line]:
    for row in every_row(scored(CHURNING)):
        yield row.own_id or row.customer.pk, row.label, row.value, row.recency


def _winback() -> Iterator[Line]:
    for row in every_row(by_priority()):
        own = row.own_id or row.customer.pk
        yield own, row.label, row.value, row.recency, row.priority


def _hours() -> Iterator[Line]:
    for share in share_hours():
        yield share.label, share.customers, share.value, share.average, share.hours


for _use in (
    Use(
        "tiers",
        "Loyalty tiers",
        "Which segment earns which tier, and writing it to the customers.",
        ("customer_id", "segment", "loyalty_tier"),
        _tiers,
    ),
    Use(
        "churn",
        "Churn prevention",
        "Customers about to leave, and the money that would go with them.",
        ("customer_id", "segment", "monetary", "recency"),
        _churn,
    ),
    Use(
        "winback",
        "Win-back priority",
        "Whom to call back first: worth much, and not gone for long.",
        ("customer_id", "segment", "spent", "recency", "winback_priority"),
        _winback,
    ),
    Use(
        "hours",
        "Success hours",
        "How to share out a team’s week by what each segment is worth.",
        ("segment", "customers", "total_value", "average_value", "hours_per_week"),
        _hours,
    ),
):
    USES.register(_use)


def export(key: str, *, by: audit.Actor) -> tuple[tuple[str, ...], Iterator[Line]]:
    """Write the audit row and return header and rows of a use."""
    use = USES[key]
    audit.record(by, "export", RfmScore, what_of=use.label)
    return use.header, use.lines()
