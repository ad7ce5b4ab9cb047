"""A process of its own for part `shopify`: lands two bulk files, so that its memory can be seen."""

import json
import sys
from datetime import UTC, datetime
from typing import Any, cast

import django

django.setup()

from benchmarks.shopify import SLUGS, standing_in  # noqa: E402
from integrations.models import ShopifyLoad, ShopifyStore  # noqa: E402
from integrations.shopify import loading, loads  # noqa: E402
from tenants.jobs import merchant_here  # noqa: E402
from tenants.models import Run  # noqa: E402
from tenants.progress import Silence  # noqa: E402
from tenants.runs import Later, RunHandle  # noqa: E402


def land(url: str, objects: dict[str, int]) -> None:
    """Land both files from `url`."""
    store = ShopifyStore.objects.create(
        domain="bench.myshopify.com", source="shopify:bench", state=ShopifyStore.State.CONNECTED
    )
    for resource, count in objects.items():
        now = datetime.now(UTC)
        load = ShopifyLoad.objects.create(
            store=store, resource=resource, state=ShopifyLoad.State.LANDING,
            url=f"{url}/{resource}.jsonl", object_count=count, asked_at=now,
        )  # fmt: skip
        run = Run(tenant=merchant_here(), job=loads.JOB, started_at=now)
        _finish(load, RunHandle(run, progress=Silence()))


def _finish(load: ShopifyLoad, handle: RunHandle) -> None:
    counts: dict[str, Any] = {}
    while load.is_open:
        try:
            loading.work(load, cast("Any", None), handle=handle, counts=counts)
        except Later:
            load.refresh_from_db()


with standing_in(SLUGS["shopify"]):
    land(sys.argv[1], json.loads(sys.argv[2]))
