"""What dashboard and RFM page both show of the last run: rows, heat map, movement."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from segments.models import ScoreRun, Segment
from segments.scoring.rfm.movement import Movement, movement_of_last_run, movement_of_month
from segments.scoring.rfm.report import HeatCell, Report, Row, read_report

LEVELS = (5, 4, 3, 2, 1)


@dataclass(frozen=True)
class SegmentLine:
    """A segment of the report with its page and how it moved."""

    row: Row
    segment_id: int | None
    net: int
    percent: float
    revenue_percent: float

    @property
    def fewer(self) -> int:
        """By how many customers it shrank."""
        return -self.net


def segment_lines(report: Report, movement: Movement | None) -> list[SegmentLine]:
    """Return every segment of the map, best first."""
    ids = dict(Segment.objects.filter(kind=Segment.Kind.RFM).values_list("key", "pk"))
    return [
        SegmentLine(
            row=row,
            segment_id=ids.get(row.key),
            net=movement.net(row.key) if movement else 0,
            percent=row.share * 100,
            revenue_percent=row.revenue_share * 100,
        )
        for row in report.rows
    ]


def heat_map(report: Report) -> list[dict[str, Any]]:
    """Return the rows of R × F, the most recent on top, each cell with its depth of 0 to 8."""
    cells = {(cell.r, cell.f): cell for cell in report.heat}
    largest = max((cell.customers for cell in report.heat), default=0)
    steps = range(report.steps, 0, -1)
    return [
        {"r": r, "cells": [_heat(cells.get((r, f)), r=r, f=f, largest=largest) for f in steps]}
        for r in steps
    ]


def _heat(cell: HeatCell | None, *, r: int, f: int, largest: int) -> dict[str, Any]:
    customers = cell.customers if cell else 0
    return {
        "r": r,
        "f": f,
        "customers": customers,
        "percent": cell.share * 100 if cell else 0,
        "revenue": cell.revenue if cell else Decimal(0),
        "depth": -(-8 * customers // largest) if largest else 0,
    }


def movements() -> dict[str, Any]:
    """Return who rose and who fell, in the last run and in 30 days."""
    month = movement_of_month()
    return {
        "month": _words(month),
        "month_until": month.until if month else None,
        "run": _words(movement_of_last_run()),
    }


def _words(movement: Movement | None) -> list[dict[str, Any]]:
    if movement is None:
        return []
    labels = {"rose": "Rose", "fell": "Fell", "came": "Came in", "went": "Dropped out"}
    found = [(key, label, movement.total(key)) for key, label in labels.items()]
    return [
        {"key": key, "label": label, "customers": customers, "revenue": revenue}
        for key, label, (customers, revenue) in found
    ]


def report_of(run: ScoreRun | None) -> Report | None:
    """Return what `run` found, or None before the first run."""
    return read_report(run) if run is not None else None
