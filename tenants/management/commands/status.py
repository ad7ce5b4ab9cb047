"""`status [--json] [--check]`: how the installation is."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django_tenants.utils import schema_context

from tenants.commands import format_table
from tenants.status import PULSES, Status, read_status


class Command(BaseCommand):
    help = "Say who was last seen at work, what waits on each queue, and what is stuck."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument("--check", action="store_true", help="end with 1 if something is wrong")

    def handle(self, *args: Any, **options: Any) -> None:
        with schema_context("public"):
            status = read_status()
        if options["json"]:
            self.stdout.write(json.dumps(status.data(), indent=2, default=str))
        else:
            self._write(status)
        if options["check"] and status.problems:
            raise CommandError(" ".join(status.problems))

    def _write(self, status: Status) -> None:
        rows: list[tuple[str, Any]] = [
            (f"{label} last seen", status.seen[key] or "never") for key, label in PULSES.items()
        ]
        rows += [(f"queue {name}", count) for name, count in (status.backlog or {}).items()]
        rows += [(f"merchants {state}", count) for state, count in status.merchants.items()]
        rows += [(f"runs {state}", count) for state, count in status.runs.items()]
        rows += [(f"oldest {lag.key}", f"{lag.oldest_seconds} s") for lag in status.lags]
        self.stdout.write(format_table(("what", "how it is"), rows))
        for problem in status.problems or ["All is well."]:
            self.stdout.write(problem)
