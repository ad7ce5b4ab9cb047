"""A rule tried out from the command line: who it finds, condition by condition, on any day."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils import timezone

from commerce.rollups.past import metrics_on
from segments.audience import audience
from segments.preview import Asked, Preview
from segments.rules.fields import Catalogue
from segments.rules.sentence import say
from segments.rules.speech import Speech
from segments.rules.tree import Behaviour, Group, Leaf, Node, is_evaluated
from segments.services import local_today, own_ids
from tenants.progress import Progress
from tenants.schema import connection
from tenants.tables import csv_lines

BATCH = 5_000  # members whose own ids are looked up together


@dataclass(frozen=True)
class Condition:
    """One condition of the rule in words, and how many it finds alone."""

    words: str
    customers: int
    unknown: int  # of them only for want of a value


@dataclass(frozen=True)
class Evaluation:
    """What a rule finds as of an instant."""

    asked: Asked
    found: Preview
    conditions: list[Condition]

    @property
    def share(self) -> float:
        """The part of all customers."""
        return self.found.total / self.found.base if self.found.base else 0.0


def end_of(day: date) -> datetime:
    """Return the instant a day is looked at from: now on the merchant's today, else its last."""
    if day == local_today():
        return timezone.now()
    midnight = datetime.combine(day + timedelta(days=1), time.min, tzinfo=connection.tenant.zone)
    return midnight - timedelta(microseconds=1)


def numbers_of(day: date) -> AbstractContextManager[None]:
    """Let orders and spend read as they stood at the end of `day`, within the block.

    For another day than today everybody is counted again: a million customers take minutes.
    """
    return nullcontext() if day == local_today() else metrics_on(day)


def evaluate(rules: Any, *, as_of: datetime | None = None) -> Evaluation:
    """Count a rule and each of its conditions; raise RuleError with the path of what is wrong."""
    asked = Asked(rules, asker=None, as_of=as_of)
    words: dict[str, str] = {}
    asked.tree = _numbered(asked.tree, words, asked.catalogue, asked.speech)
    counted = {node.id: node for node in asked.nodes()}
    conditions = [
        Condition(said, counted[key].customers, counted[key].unknown) for key, said in words.items()
    ]
    return Evaluation(asked, asked.totals(), conditions)


def _numbered(node: Any, words: dict[str, str], catalogue: Catalogue, speech: Speech) -> Any:
    """Give each evaluated condition a number as its id and remember its words; groups none."""
    if isinstance(node, Group):
        rules = tuple(_numbered(rule, words, catalogue, speech) for rule in node.rules)
        return replace(node, rules=rules, id="")
    return _condition(node, words, catalogue, speech)


def _condition(
    node: Leaf | Behaviour, words: dict[str, str], catalogue: Catalogue, speech: Speech
) -> Node:
    if not is_evaluated(node):
        return node
    key = str(len(words) + 1)
    words[key] = say(node, catalogue, speech)
    return replace(node, id=key)


def write_members(path: Path, evaluation: Evaluation, *, progress: Progress) -> int:
    """Write the members' own ids to a CSV file, whole or not at all; return how many."""
    draft = path.with_name(f"{path.name}.part")
    written = -1  # the header is no customer
    try:
        with draft.open("w", encoding="utf-8", newline="") as file:
            for line in csv_lines(("customer", "customer_id"), _members(evaluation)):
                file.write(line)
                written += 1
                if written % BATCH == 0:
                    progress.report(written, evaluation.found.total, "members written")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return written


def _members(evaluation: Evaluation) -> Iterator[tuple[int, str]]:
    asked = evaluation.asked
    rows = audience(asked.tree, asked.catalogue, asked.scope).order_by("pk")
    found = rows.values_list("pk", flat=True).iterator(chunk_size=BATCH)
    while batch := list(islice(found, BATCH)):
        ids = own_ids(batch)
        yield from ((pk, ids.get(pk, "")) for pk in batch)
