"""Brings a segment's Klaviyo lists in step now: list id and members synced."""

from typing import Any

from django.core.management.base import CommandParser

from integrations.klaviyo.jobs import ONE
from integrations.models import KlaviyoList
from segments.lookup import find_segment
from tenants import jobs
from tenants.commands import Answer, TenantCommand, wrong_use
from tenants.models import Tenant


class Command(TenantCommand):
    help = "Bring the Klaviyo lists of a segment in step with it."

    def add_own_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("segment", metavar="SEGMENT", help="slug, id or name")

    def work(self, tenant: Tenant, **options: Any) -> Answer:
        segment = find_segment(options["segment"])
        if segment is None:
            raise wrong_use(f"There is no segment “{options['segment']}”.")
        links = KlaviyoList.objects.filter(segment=segment, state=KlaviyoList.State.ACTIVE)
        told = []
        for link in links:
            run = jobs.run_now(ONE, params={"list": link.pk}, progress=self.progress)
            link.refresh_from_db()
            told.append({"list_id": link.list_id, "members": link.their_count, **run.counts})
        rows = [[row["list_id"], row["members"]] for row in told]
        words = f"{len(told):,} lists in step." if told else "No list follows this segment."
        return Answer(told, ("List", "Members synced") if rows else (), rows, words)
