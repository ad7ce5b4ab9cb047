"""What this floor shows on the dashboard: four figures, segments, heat map, movement."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest

from commerce.figures import BaseTotals, StoreTotals, base_totals, store_totals
from segments.admin.figures import heat_map, movements, report_of, segment_lines
from segments.scoring.rfm.movement import movement_of_month
from segments.scoring.rfm.report import Report
from segments.scoring.rfm.run import latest_run
from tenants.panels import DASHBOARD, Panel

# Whose money is about to be lost (sources 001: churn prevention).
AT_RISK = ("at_risk", "cant_lose", "about_to_sleep")


def figures(request: HttpRequest, subject: object) -> dict[str, Any]:
    """Return customers, revenue of a year, the champions' share, and the money at risk."""
    base, store = base_totals(), store_totals()
    report = report_of(latest_run())
    return {
        "base": base,
        "store": store,
        "report": report,
        "champions": _row(report, "champions"),
        "at_risk": _at_risk(report),
        "is_empty": _is_empty(base, store),
    }


def _is_empty(base: BaseTotals | None, store: StoreTotals | None) -> bool:
    return not (base and base.customers) and not (store and store.orders)


def _row(report: Report | None, key: str) -> Any:
    return next((row for row in report.rows if row.key == key), None) if report else None


def _at_risk(report: Report | None) -> dict[str, Any] | None:
    if report is None:
        return None
    rows = [row for row in report.rows if row.key in AT_RISK]
    return {
        "customers": sum(row.customers for row in rows),
        "revenue": sum((row.revenue for row in rows), Decimal(0)),
        "labels": ", ".join(row.label for row in rows),
    }


def distribution(request: HttpRequest, subject: object) -> dict[str, Any] | None:
    """Return the table of segments with their shares and movement."""
    run = latest_run()
    report = report_of(run)
    if run is None or report is None or not report.customers:
        return None
    return {"report": report, "lines": segment_lines(report, movement_of_month()), "run": run}


def heat(request: HttpRequest, subject: object) -> dict[str, Any] | None:
    """Return the R × F heat map and who moved."""
    run = latest_run()
    report = report_of(run)
    if run is None or report is None or not report.customers:
        return None
    return {"report": report, "heat": heat_map(report), "moved": movements()}


SEE = "segments.view_segment"
DASHBOARD.register(Panel("figures", "Figures", "segments/figures.html", figures, 10, SEE))
DASHBOARD.register(
    Panel("rfm", "RFM segments", "segments/distribution.html", distribution, 20, SEE)
)
DASHBOARD.register(Panel("heat", "Recency and frequency", "segments/heat.html", heat, 30, SEE))
