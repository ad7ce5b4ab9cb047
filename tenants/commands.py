"""What every command is made of: one merchant or all, a table or JSON, progress, exit codes.

0 done, 1 failed, 2 wrong use. Answers go to standard output, everything else to standard error.
"""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TextIO

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django_tenants.utils import schema_context, tenant_context

from tenants.models import Tenant
from tenants.progress import Cancelled
from tenants.runs import Busy, JobFailed
from tenants.versions import current_version

FAILURES = (JobFailed, Busy, Cancelled, ValidationError)


def wrong_use(message: str) -> CommandError:
    """Return what to raise when the command was called wrongly: it ends with 2."""
    return CommandError(message, returncode=2)


@dataclass
class Answer:
    """What a command found: `data` for programs, the table and the closing words for people."""

    data: Any
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[Any]] = field(default_factory=list)
    words: str = ""


class StreamProgress:
    """Progress for a person at a terminal: one line that is written over, or one every 5 s."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.is_terminal = stream.isatty()
        self._next = 0.0 if self.is_terminal else time.monotonic() + 5

    def report(self, done: int, total: int | None = None, note: str = "") -> None:
        """Write how far the work is, unless that was written a moment ago."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + (0.1 if self.is_terminal else 5)
        count = f"{done:,} of {total:,}" if total else f"{done:,}"
        line = f"{count} {note}".strip()
        self.stream.write(f"\r\x1b[K{line}" if self.is_terminal else f"{line}\n")
        self.stream.flush()

    def close(self) -> None:
        """Leave the line to the answer."""
        if self.is_terminal:
            self.stream.write("\r\x1b[K")


class TenantCommand(BaseCommand):
    """A command of one merchant. Subclasses give `work` and, if they like, `add_own_arguments`."""

    allows_all_tenants = False
    progress: StreamProgress

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", metavar="SLUG", help="the merchant")
        if self.allows_all_tenants:
            parser.add_argument("--all-tenants", action="store_true", help="every ready merchant")
        parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
        self.add_own_arguments(parser)

    def add_own_arguments(self, parser: CommandParser) -> None:
        """Add what this command takes beside the merchant."""

    def work(self, tenant: Tenant, **options: Any) -> Answer:
        """Do the work in the merchant's schema, where the connection stands already."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        tenants = self._tenants(options)
        self.progress = StreamProgress(sys.stderr)
        answers = {}
        for tenant in tenants:
            answers[tenant.schema_name] = self._work_for(tenant, options)
        if options["json"]:
            data = {slug: answer.data for slug, answer in answers.items()}
            only = len(data) == 1 and not options.get("all_tenants")
            self.write_json(next(iter(data.values())) if only else data)
            return
        for slug, answer in answers.items():
            if options.get("all_tenants"):
                self.stdout.write(slug)
            self.write_table(answer)

    def _work_for(self, tenant: Tenant, options: dict[str, Any]) -> Answer:
        try:
            with tenant_context(tenant):
                return self.work(**options | {"tenant": tenant})
        except FAILURES as error:
            raise CommandError(in_words(error)) from error
        except KeyboardInterrupt:
            raise CommandError("Stopped. Nothing that was not committed has been kept.") from None
        finally:
            self.progress.close()

    def _tenants(self, options: dict[str, Any]) -> list[Tenant]:
        slug, wants_all = options.get("tenant"), options.get("all_tenants", False)
        if bool(slug) == wants_all:
            more = " or --all-tenants" if self.allows_all_tenants else ""
            raise wrong_use(f"Say for which merchant: --tenant SLUG{more}.")
        with schema_context("public"):
            merchants = Tenant.objects.exclude(schema_name="public").order_by("schema_name")
            if wants_all:
                return list(merchants.filter(state=Tenant.State.READY))
            tenant = merchants.filter(schema_name=slug).first()
        if tenant is None:
            raise wrong_use(f"There is no merchant “{slug}”.")
        check_usable(tenant)
        return [tenant]

    def write_json(self, data: Any) -> None:
        """Print `data` for programs; moments and exact numbers as text."""
        self.stdout.write(json.dumps(data, ensure_ascii=False, indent=2, default=str))

    def write_table(self, answer: Answer) -> None:
        """Print the answer for people: columns aligned, numbers to the right."""
        if answer.columns:
            self.stdout.write(format_table(answer.columns, answer.rows))
        if answer.words:
            self.stdout.write(answer.words)


def check_usable(tenant: Tenant) -> None:
    """Raise CommandError unless the merchant's schema can be worked on by this code."""
    if tenant.state != Tenant.State.READY:
        state = tenant.get_state_display().lower()
        raise CommandError(f"“{tenant.schema_name}” cannot be worked on: {state}.")
    if tenant.migrated_to != current_version():
        raise CommandError(
            f"“{tenant.schema_name}” has the tables of another version. Run `upgrade` first."
        )


def in_words(error: BaseException) -> str:
    """Return what a failure says to the person at the terminal."""
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    return str(error) or "Cancelled."


def format_table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return the rows as aligned text under their headings."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    right = [bool(rows) and all(_is_number(row[i]) for row in rows) for i in range(len(columns))]
    lines = [list(columns), ["-" * width for width in widths], *cells]
    return "\n".join(
        "  ".join(
            text.rjust(width) if to_right else text.ljust(width)
            for text, width, to_right in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in lines
    )


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:,}" if _is_number(value) else str(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
