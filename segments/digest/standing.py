"""The figures of a letter and of the goals: read once each, however many ask."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from commerce.figures import revenue_by_day
from commerce.models import CustomerMetrics
from commerce.rollups import standing_day
from segments.digest.week import Week, week_until
from segments.models import ScoreRun
from segments.scoring.rfm.report import Report, Row, read_report
from segments.scoring.rfm.run import MODEL, latest_run
from segments.uses.lists import CHURNING

CHAMPIONS = "champions"


@dataclass(frozen=True)
class AtRisk:
    """Customers slipping away (the segments of CHURNING) and what they spent."""

    customers: int
    revenue: Decimal


class Standing:
    """What holds on a local day, and in the seven days before it."""

    def __init__(self, *, today: date) -> None:
        self.today = today
        self.week = week_until(today)

    @cached_property
    def run(self) -> ScoreRun | None:
        """The run whose scores stand."""
        return latest_run()

    @cached_property
    def report(self) -> Report | None:
        """RFM as it stands; None before the first run."""
        return read_report(self.run) if self.run else None

    @cached_property
    def report_before(self) -> Report | None:
        """RFM a week before it, by the nearest run that is old enough."""
        if self.run is None:
            return None
        kept = ScoreRun.objects.filter(model=MODEL, error="", finished_at__isnull=False)
        old = kept.filter(as_of__lte=self.run.as_of - timedelta(days=7))
        found = old.order_by("-as_of", "-id").first()
        return read_report(found) if found else None

    @cached_property
    def is_counted(self) -> bool:
        """Whether there is anything yet to count."""
        return standing_day() is not None

    def revenue(self, week: Week) -> tuple[int, Decimal]:
        """Return orders and revenue net of refunds of a week, guests included."""
        days = revenue_by_day(first=week.first, last=week.last)
        return sum(day[1] for day in days), sum((day[2] for day in days), Decimal(0))

    @cached_property
    def revenue_now(self) -> tuple[int, Decimal]:
        """Orders and revenue of the week."""
        return self.revenue(self.week)

    def new_customers_of(self, week: Week) -> int:
        """Return how many customers of the base ordered for the first time in a week."""
        days = (week.first, week.last)
        return CustomerMetrics.objects.filter(in_base=True, first_order_on__range=days).count()

    @cached_property
    def new_customers(self) -> int:
        """Customers whose first order fell in the week."""
        return self.new_customers_of(self.week)


def champions(report: Report | None) -> Row | None:
    """Return the champions of a report; None where its map has none."""
    rows = report.rows if report else ()
    return next((row for row in rows if row.key == CHAMPIONS), None)


def at_risk(report: Report | None) -> AtRisk | None:
    """Return who is slipping away, with their money; None before the first run."""
    if report is None:
        return None
    rows = [row for row in report.rows if row.key in CHURNING]
    return AtRisk(sum(row.customers for row in rows), sum((r.revenue for r in rows), Decimal(0)))
