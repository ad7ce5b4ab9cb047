"""Scores every customer of a merchant as of a day."""

from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import CommandParser

from segments import services
from segments.models import RfmSettings, ScoreRun
from segments.scoring.rfm.definition import Definition, read_definition
from segments.scoring.rfm.maps import find_map
from segments.scoring.rfm.methods import METHODS
from segments.scoring.rfm.movement import keep_month
from tenants.commands import Answer, TenantCommand
from tenants.models import Tenant

UNCHANGED = -1  # the period the settings or the method have


def days(text: str) -> int | None:
    """Read a period: a number of days, or "all" for all time."""
    if text == "all":
        return None
    if not text.isdecimal():
        raise ArgumentTypeError(f"“{text}” is neither a number of days nor “all”")
    return int(text)


def day(text: str) -> date:
    """Read a calendar day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is no day: write it as 2026-11-20") from None


class Command(TenantCommand):
    help = "Calculate RFM scores and segments. Choices given here hold until the next run."
    allows_all_tenants = True

    def add_own_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as-of", type=day, help="the day scores stand at (today)")
        parser.add_argument("--model", help="a method: " + ", ".join(m.key for m in METHODS))
        parser.add_argument("--map", dest="map_key", help="a map, for example standard_11")
        parser.add_argument("--frequency-days", type=days, default=UNCHANGED, metavar="N|all")
        parser.add_argument("--money-days", type=days, default=UNCHANGED, metavar="N|all")
        parser.add_argument("--full", action="store_true", help="read every order again")

    def work(self, tenant: Tenant, **options: Any) -> Answer:
        run = services.compute_rfm(
            _definition(options),
            as_of=options["as_of"],
            is_full=options["full"],
            progress=self.progress,
        )
        keep_month(run)
        return _answer(run)


def _definition(options: dict[str, Any]) -> Definition:
    settings = RfmSettings.current()
    key = options["model"]
    if key and key != settings.method:
        settings.method = key
        if key in METHODS:
            settings.frequency_days = METHODS[key].frequency_days
            settings.money_days = METHODS[key].money_days
    if options["map_key"]:
        settings.map_key = options["map_key"]
    for name in ("frequency_days", "money_days"):
        if options[name] != UNCHANGED:
            setattr(settings, name, options[name])
    return read_definition(settings)


def _answer(run: ScoreRun) -> Answer:
    labels = find_map(str(run.parameters["map"])).labels
    scored = run.customers_scored
    rows = [
        [
            labels.get(key, key) or "Scored",
            found["customers"],
            f"{found['customers'] / scored:.1%}",
            f"{float(found['revenue']):,.2f}",
        ]
        for key, found in sorted(run.distribution.items(), key=lambda item: -item[1]["customers"])
    ]
    data = {
        "customers_scored": scored,
        "customers_touched": run.customers_touched,
        "as_of": run.as_of,
        "full": run.is_full,
        "distribution": {key: found["customers"] for key, found in run.distribution.items()},
    }
    words = f"{scored:,} customers scored as of {run.as_of}."
    return Answer(data, ("Segment", "Customers", "Share", "Spend"), rows, words)
