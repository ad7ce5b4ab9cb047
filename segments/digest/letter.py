"""The weekly letter: what stands in it, and as text and HTML."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from commerce.models import StaleDay
from segments import goals
from segments.digest.mailing import OFF, Mail
from segments.digest.moves import moved_in
from segments.digest.standing import Standing, at_risk, champions
from segments.goal_words import said, value_of
from segments.models import Goal
from segments.scoring.rfm.movement import Movement, movement_between
from segments.services import local_today
from tenants.addresses import merchant_url
from tenants.schema import connection

NETS_SHOWN = 4


@dataclass(frozen=True)
class Compared:
    """A figure of the week beside an earlier one."""

    now: Decimal
    then: Decimal

    @property
    def percent(self) -> float | None:
        """Growth in percent; None where there was nothing to grow from."""
        return float(100 * (self.now - self.then) / self.then) if self.then > 0 else None


def read_letter(*, at: datetime) -> dict[str, Any]:
    """Return everything the letter of `at` tells, in as many queries however many segments."""
    standing = Standing(today=local_today(at=at))
    grown, shrunk = moved_in(standing.week)
    wished = goals.all_goals()
    return {
        "tenant": connection.tenant,
        "week": standing.week,
        "is_empty": not standing.is_counted,
        "is_behind": StaleDay.objects.exists(),  # days are about to be counted again
        **_revenue(standing),
        **_scores(standing),
        "grown": grown,
        "shrunk": shrunk,
        "goals": [_goal(goal) for goal in wished],
        "missed": sum(goal.is_met is False for goal in wished),
        "goals_as_of": min((goal.looked_at for goal in wished if goal.looked_at), default=None),
        "links": _links(),
        "off": OFF,
    }


def _revenue(standing: Standing) -> dict[str, Any]:
    week = standing.week
    orders, revenue = standing.revenue_now
    before, year_before = standing.revenue(week.before)[1], standing.revenue(week.last_year)[1]
    return {
        "orders": orders,
        "revenue": revenue,
        "week_before": Compared(revenue, before),
        "year_before": Compared(revenue, year_before),
        "new_customers": standing.new_customers,
        "new_before": standing.new_customers_of(week.before),
    }


def _scores(standing: Standing) -> dict[str, Any]:
    report, earlier = standing.report, standing.report_before
    if report is None:
        return {"report": None}
    best, best_before = champions(report), champions(earlier)
    movement = movement_between(standing.week.before.last, standing.week.last)
    return {
        "report": report,
        "earlier_on": earlier.as_of if earlier else None,
        "champions": best,
        "champions_percent": 100 * best.share if best else None,
        "champions_before": 100 * best_before.share if best_before else None,
        "at_risk": at_risk(report),
        "risk_before": lost.revenue if (lost := at_risk(earlier)) else None,
        "movement": [
            (label, *movement.total(key))
            for key, label in (("rose", "rose"), ("fell", "fell"), ("came", "came in"),
                               ("went", "dropped out"))
        ],
        "nets": _nets(movement, {row.key: row.label for row in report.rows}),
    }  # fmt: skip


def _nets(movement: Movement, labels: dict[str, str]) -> list[tuple[str, int]]:
    """Return the RFM segments that changed most, with by how many customers."""
    nets = [(label, movement.net(key)) for key, label in labels.items()]
    moved = [(label, net) for label, net in nets if net]
    return sorted(moved, key=lambda one: -abs(one[1]))[:NETS_SHOWN]


def _goal(goal: Goal) -> dict[str, Any]:
    return {"goal": goal, "said": said(goal), "value": value_of(goal)}


def _links() -> dict[str, str]:
    host = merchant_url("")
    pages = {
        "dashboard": "admin:index",
        "rfm": "admin:rfm",
        "segments": "admin:segments_segment_changelist",
        "goals": "admin:goals",
        "digest": "admin:digest",
    }
    found = {
        key: host + reverse(name, urlconf=settings.ROOT_URLCONF) for key, name in pages.items()
    }
    return found | {"host": host}


def as_mail(letter: dict[str, Any]) -> Mail:
    """Return the letter as a mail."""
    week, tenant = letter["week"], letter["tenant"]
    return Mail(
        f"{tenant.name}: your week, {_days(week.first, week.last)}",
        render_to_string("segments/digest_letter.txt", letter),
        render_to_string("segments/digest_letter.html", letter),
    )


def _days(first: date, last: date) -> str:
    start = f"{first.day}" if first.month == last.month else f"{first.day} {first:%B}"
    return f"{start}–{last.day} {last:%B}"
