"""An import in words: its state, its counts, its values, and the background run behind it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django_tenants.utils import schema_context

from integrations.csv.fields import Field
from integrations.models import ImportFile
from tenants.jobs import merchant_here
from tenants.models import Run

# Key of a count → what pages and commands call it.
WORDS = {
    "orders_new": "orders",
    "guest_orders": "of which guest orders",
    "lines_new": "order lines",
    "refunds_new": "refunds",
    "events_new": "events",
    "customers_new": "customers",
    "customers_changed": "customers changed",
    "orders_known": "orders already there",
    "rejected": "rows rejected",
}


def shown(field: Field, value: str) -> str:
    """Return an understood value for people: “3 Apr 2026, 10:15” leaves no doubt about the day."""
    if not value:
        return ""
    if field.reads == "moment":
        return f"{datetime.fromisoformat(value):%-d %b %Y, %H:%M}"
    if field.reads == "day":
        return f"{date.fromisoformat(value):%-d %b %Y}"
    if field.reads in ("money", "quantity"):
        return f"{Decimal(value).normalize():,f}"
    return value.strip("{}").replace('"', "") if field.reads in ("list", "tags") else value


def runs_of(files: Any) -> dict[int, Run]:
    """Return the background runs of the files, by id."""
    merchant = merchant_here()
    ids = [file.run_id for file in files if file.run_id]
    with schema_context("public"):
        found = Run.objects.filter(pk__in=ids, tenant=merchant).select_related("tenant")
        return {run.pk: run for run in found}


def state_of(file: ImportFile, run: Run | None) -> tuple[str, str]:
    """Return the state in words and its badge; a killed attempt left the state, so ask the run."""
    is_live = run is not None and run.is_live
    state = ImportFile.State
    if file.state in (state.RUNNING, state.READY) and not is_live:
        return "Stopped", "is-warn"
    badges = {state.DONE: "is-good", state.FAILED: "is-bad", state.CANCELLED: "is-warn"}
    return file.get_state_display(), badges.get(file.state, "is-info")  # type: ignore[call-overload]


def told(counts: dict[str, int]) -> list[tuple[str, int]]:
    return [(words, counts[key]) for key, words in WORDS.items() if counts.get(key)]
