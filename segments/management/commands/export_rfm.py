"""Writes the scores of a merchant's customers to a CSV file."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from segments import services
from segments.lookup import find_segment
from tenants.commands import Answer, TenantCommand
from tenants.models import Tenant


class Command(TenantCommand):
    help = "Export RFM scores as CSV, of everybody or of one segment."

    def add_own_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--output", type=Path, required=True, metavar="FILE")
        parser.add_argument("--segment", metavar="NAME", help="slug, id or name")

    def work(self, tenant: Tenant, **options: Any) -> Answer:
        segment = find_segment(options["segment"]) if options["segment"] else None
        path = options["output"]
        try:
            rows = services.export_rfm_file(path, segment=segment, progress=self.progress)
        except OSError as error:
            raise CommandError(f"Cannot write “{path}”: {error.strerror}.") from error
        return Answer(
            {"rows": rows, "file": str(path)}, words=f"{rows:,} customers written to {path}."
        )
