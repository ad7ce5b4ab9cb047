"""Counts the members of rule segments again; for another day it only reports."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser

from segments.asking_refresh import make_refreshable
from segments.definitions import REFRESH
from segments.evaluating import end_of, numbers_of
from segments.following import live_segments, with_readers
from segments.lookup import find_segment
from segments.management.commands.compute_rfm import day
from segments.models import Segment
from segments.models.membership import Cause
from segments.preview import Asked
from segments.rules.errors import RuleError
from segments.services import local_today
from tenants import jobs
from tenants.commands import Answer, TenantCommand, wrong_use
from tenants.models import Tenant


class Command(TenantCommand):
    help = "Count the members of rule segments again. With another day it only reports."
    allows_all_tenants = True

    def add_own_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--segment", metavar="SEGMENT", help="only this one: slug, id or name")
        parser.add_argument("--as-of", type=day, metavar="DATE", help="report for this day instead")

    def work(self, tenant: Tenant, **options: Any) -> Answer:
        segments = _chosen(options["segment"])
        on = options["as_of"]
        if on is not None and on != local_today():
            return _report(segments, on=on)
        if options["segment"]:
            _prepare(segments[0])
        return self._refresh(segments)

    def _refresh(self, segments: list[Segment]) -> Answer:
        if segments:
            params = {"segments": [row.pk for row in segments], "cause": Cause.DATA}
            jobs.run_now(REFRESH, params=params, progress=self.progress)
        chosen = {row.pk for row in with_readers(segments)}
        rows = list(Segment.objects.filter(pk__in=chosen).order_by("pk"))
        failed = [row.slug for row in rows if row.state == Segment.State.NEEDS_ATTENTION]
        words = f"{len(rows) - len(failed):,} segments refreshed."
        if failed:
            words += f" Left as they were, because their rule no longer holds: {', '.join(failed)}."
        data = {"refreshed": [_sizes(row) for row in rows], "failed": failed}
        table = [[row.pk, row.slug, row.name, row.members_count] for row in rows]
        return Answer(data, ("Id", "Slug", "Name", "Members") if rows else (), table, words)


def _chosen(text: str | None) -> list[Segment]:
    """Return the segment named, or every live one; raise CommandError for a name that is none."""
    if not text:
        return live_segments()
    try:
        segment = find_segment(text)
    except ValidationError as error:
        raise wrong_use(" ".join(error.messages)) from None
    if segment.kind != Segment.Kind.RULES:
        raise wrong_use(f"The members of “{segment.name}” do not come from rules.")
    return [segment]


def _prepare(segment: Segment) -> None:
    """Let a segment that needed attention be counted; raise ValidationError when it cannot be."""
    try:
        make_refreshable(segment)
    except RuleError as error:
        words = f"The rule of “{segment.name}” no longer holds: {error.message}"
        raise ValidationError(words) from None


def _sizes(row: Segment) -> dict[str, Any]:
    return {"id": row.pk, "slug": row.slug, "members": row.members_count}


def _report(segments: list[Segment], *, on: date) -> Answer:
    """Say who would be in each segment as of a day; write nothing."""
    with numbers_of(on):
        found = [_then(row, on=on) for row in segments]
    columns = ("Segment", "Members now", f"As of {on}", "Only then", "Only now")
    rows = [
        [row["slug"], row["members"], row["then"], row["only_then"], row["only_now"]]
        for row in found
    ]
    words = "Nothing was changed: for another day members are only counted."
    return Answer({"as_of": on, "segments": found}, columns, rows, words)


def _then(segment: Segment, *, on: date) -> dict[str, Any]:
    try:
        asked = Asked(segment.rules, asker=None, as_of=end_of(on))
        moves = asked.impact(segment)
    except RuleError as error:
        words = f"The rule of “{segment.name}” no longer holds: {error.message}"
        raise ValidationError(words) from None
    enters, leaves = (moves[name]["customers"] for name in ("entering", "leaving"))
    then = segment.members_count + enters - leaves
    return _sizes(segment) | {"then": then, "only_then": enters, "only_now": leaves}
