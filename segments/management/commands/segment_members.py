"""Lists the members of a segment."""

from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import CommandParser

from segments import services
from segments.lookup import find_segment
from tenants.commands import Answer, TenantCommand
from tenants.models import Tenant


def count(text: str) -> int:
    """Read a whole number of zero or more."""
    if not text.isdecimal():
        raise ArgumentTypeError(f"“{text}” is no number of rows")
    return int(text)


class Command(TenantCommand):
    help = "List the members of a segment, given by slug, id or name."

    def add_own_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("segment", metavar="SEGMENT")
        parser.add_argument("--limit", type=count, default=50)
        parser.add_argument("--offset", type=count, default=0)

    def work(self, tenant: Tenant, **options: Any) -> Answer:
        segment = find_segment(options["segment"])
        limit, offset = options["limit"], options["offset"]
        members = services.segment_members(segment, limit=limit, offset=offset)
        total = segment.members_count
        words = f"{len(members):,} of {total:,} members of “{segment.name}”."
        if offset + len(members) < total and members:
            words += f" More with --offset {offset + len(members)}."
        data = {"segment": segment.slug, "total": total, "members": members}
        rows = [list(member.values()) for member in members]
        return Answer(data, list(members[0]) if members else (), rows, words)
