"""Tries a rule out: how many customers it finds, and how many each condition finds."""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from segments.evaluating import Evaluation, end_of, evaluate, numbers_of, write_members
from segments.management.commands.compute_rfm import day
from segments.rules.bounds import BOUNDS
from segments.rules.errors import RuleError
from segments.services import local_today
from tenants.commands import Answer, TenantCommand, wrong_use
from tenants.models import Tenant
from tenants.web.problems import Refusal
from tenants.web.reading import read_json

LARGEST = 4 * BOUNDS.max_bytes  # a rule written with indents
PAST = (
    "Names, places, tags, consents, scores and the members of other segments have no history here: "
    "they are read as of today."
)


class Command(TenantCommand):
    help = "Count the customers a rule finds. FILE holds the rule as JSON; nothing is saved."

    def add_own_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", type=Path, metavar="FILE", help="the rule; - reads it from here"
        )
        parser.add_argument(
            "--as-of", type=day, metavar="DATE", help="the day to look from (today)"
        )
        parser.add_argument("--members", type=Path, metavar="FILE", help="write who is found here")

    def work(self, tenant: Tenant, **options: Any) -> Answer:
        rules = _read(options["file"])
        on = options["as_of"] or local_today()
        with numbers_of(on):
            found = _evaluate(rules, on=on)
            if options["members"]:
                self._write(options["members"], found)
        return _answer(found, on=on, members=options["members"])

    def _write(self, path: Path, found: Evaluation) -> None:
        try:
            write_members(path, found, progress=self.progress)
        except OSError as error:
            raise CommandError(f"Cannot write “{path}”: {error.strerror}.") from error


def _evaluate(rules: Any, *, on: date) -> Evaluation:
    try:
        return evaluate(rules, as_of=end_of(on))
    except RuleError as error:
        where = "".join(f"[{step}]" for step in error.path)
        raise wrong_use(f"{where} {error.message}".strip()) from None


def _read(path: Path) -> Any:
    try:
        with (Path("/dev/stdin") if str(path) == "-" else path).open("rb") as file:
            text = file.read(LARGEST + 1)
    except OSError as error:
        raise wrong_use(f"Cannot read “{path}”: {error.strerror}.") from error
    if len(text) > LARGEST:
        raise wrong_use(f"“{path}” is larger than a rule may be.")
    try:
        return read_json(text)
    except Refusal as error:
        raise wrong_use(f"“{path}” holds no rule. {error}") from None


def _answer(found: Evaluation, *, on: date, members: Path | None) -> Answer:
    total, base = found.found.total, found.found.base
    rows = [[one.words, one.customers, one.unknown] for one in found.conditions]
    notes = [PAST] if on != local_today() else []
    words = [
        found.found.sentence,
        f"{total:,} of {base:,} customers ({found.share:.1%}) as of {on}.",
        *([f"Written to {members}."] if members else []),
        *notes,
    ]
    data = {
        "as_of": on,
        "customers": total,
        "base": base,
        "share": round(found.share, 6),
        "sentence": found.found.sentence,
        "conditions": [
            {"words": one.words, "customers": one.customers, "unknown": one.unknown}
            for one in found.conditions
        ],
        "notes": notes,
        "members": str(members) if members else None,
    }
    return Answer(data, ("Condition", "Customers", "Of which unknown"), rows, "\n".join(words))
