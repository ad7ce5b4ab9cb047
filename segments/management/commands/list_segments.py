"""Lists the segments of a merchant."""

from typing import Any

from segments.models import Segment
from tenants.commands import Answer, TenantCommand
from tenants.models import Tenant

COLUMNS = ("Id", "Slug", "Name", "Kind", "Members", "State", "Refreshed")


class Command(TenantCommand):
    help = "List segments of every kind with their sizes."
    allows_all_tenants = True

    def work(self, tenant: Tenant, **options: Any) -> Answer:
        segments = list(Segment.objects.order_by("kind", "-members_count", "name"))
        rows = [
            [
                segment.pk,
                segment.slug,
                segment.name,
                segment.get_kind_display(),
                segment.members_count,
                segment.get_state_display(),
                segment.refreshed_at
                and f"{segment.refreshed_at.astimezone(tenant.zone):%Y-%m-%d %H:%M}",
            ]
            for segment in segments
        ]
        data = [
            {
                "id": segment.pk,
                "slug": segment.slug,
                "name": segment.name,
                "kind": segment.kind,
                "members": segment.members_count,
                "state": segment.state,
                "refreshed_at": segment.refreshed_at,
            }
            for segment in segments
        ]
        words = "" if segments else "No segments yet. `compute_rfm` makes the first ones."
        return Answer(data, COLUMNS if segments else (), rows, words)
