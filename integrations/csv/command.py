"""What the three import commands share."""

import json
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser

from integrations.csv import services
from integrations.csv.moments import STYLES
from integrations.csv.showing import WORDS
from integrations.models import ImportFile
from tenants import jobs
from tenants.commands import Answer, TenantCommand, wrong_use
from tenants.models import Tenant

MAPPING_HELP = """
what differs from the detected, e.g. '{"columns": {"Nr": "number"}}'; @FILE reads it from a file
"""


class ImportCommand(TenantCommand):
    """Import a file as `kind`; run again after a crash, it goes on where it stopped."""

    kind: str

    def add_own_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a CSV file, plain or gzip")
        parser.add_argument("--mapping", default="", metavar="JSON", help=MAPPING_HELP)
        parser.add_argument("--source", default="csv", help="under which name ids are kept")
        parser.add_argument(
            "--timezone", default="", help="of times without one, e.g. Europe/London"
        )
        parser.add_argument("--date-format", choices=sorted(STYLES), default="")
        parser.add_argument("--dry-run", action="store_true", help="count only; write nothing")

    def work(self, tenant: Tenant, **options: Any) -> Answer:
        path: Path = options["file"]
        if not path.is_file():
            raise wrong_use(f"There is no file {path}.")
        try:
            file = services.register(
                path, kind=self.kind, source=options["source"], changes=_changes(options)
            )
        except ValidationError as error:
            raise wrong_use(" ".join(error.messages)) from error
        params = {"file": file.pk} | ({"dry_run": True} if options["dry_run"] else {})
        run = jobs.run_now(services.JOB, params=params, progress=self.progress)
        if options["dry_run"]:
            file.delete()
        return _answer(file, dict(run.counts), is_trial=options["dry_run"])


def _changes(options: dict[str, Any]) -> dict[str, Any]:
    given = options["mapping"]
    try:
        text = Path(given[1:]).read_text("utf-8") if given.startswith("@") else given
        changes = json.loads(text) if text else {}
    except (OSError, ValueError) as error:
        raise wrong_use(f"--mapping cannot be read: {error}") from error
    if not isinstance(changes, dict):
        raise wrong_use("--mapping is a JSON object.")
    named = {"timezone": options["timezone"], "dates": options["date_format"]}
    return changes | {name: value for name, value in named.items() if value}


def _answer(file: ImportFile, counts: dict[str, Any], *, is_trial: bool) -> Answer:
    rows = [(words, counts[key]) for key, words in WORDS.items() if counts.get(key)]
    told = "Nothing was written: this was a trial." if is_trial else f"{file.name} is imported."
    first = list(file.rejected.order_by("line")[:5]) if file.pk else []
    listed = "".join(f"\nLine {row.line}: {row.reason}" for row in first)
    return Answer(
        {"file": file.name, "dry_run": is_trial, **counts}, ("what", "count"), rows, told + listed
    )
