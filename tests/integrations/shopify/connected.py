"""A store of acme that is connected to the sandbox, and its work done here and now."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from integrations.models import ShopifyStore
from integrations.shopify import connecting, loads
from integrations.shopify.bucket import connection_to_redis
from integrations.shopify.connecting import Offered
from tenants import jobs
from tenants.models import Run
from tests.integrations.shopify.sandbox import Shopify


@pytest.fixture
def at_sandbox(shopify, settings) -> Shopify:
    """The sandbox instead of Shopify, with full budgets."""
    settings.SHOPIFY_BASE_URL = shopify.url
    shopify.sandbox.bulk_seconds = 0.0
    redis = connection_to_redis()
    for key in redis.scan_iter("*:shopify:*"):
        redis.delete(key)
    return shopify


@pytest.fixture
def store(tenant, at_sandbox) -> ShopifyStore:
    """A connected store of acme, not loaded yet."""
    return connect(at_sandbox)


def connect(shopify: Shopify, **offered: str) -> ShopifyStore:
    """Connect the sandbox's shop with the static token, or what is offered."""
    asked = offered or {"auth": "static", "access_token": shopify.token}
    return connecting.connect(shopify.domain, Offered(**asked), by=None, at=datetime.now(UTC))


@pytest.fixture
def do() -> Callable[[], list[Run]]:
    """Do all runs that wait in acme, here and now, with those they bring; return them."""

    def done() -> list[Run]:
        found = []
        while run := waiting():
            found.append(run)
            with jobs.schema_context("public"):
                Run.objects.filter(pk=run.pk).delete()
            found[-1] = jobs.run_now(run.job, params=run.params)
        return found

    return done


def waiting() -> Run | None:
    """Return the next run of the connector that waits."""
    keys = (loads.JOB, loads.SYNC_JOB, "shopify_check_store")
    with jobs.schema_context("public"):
        return Run.objects.filter(job__in=keys, state="queued").order_by("id").first()


@pytest.fixture
def loaded(store, do) -> ShopifyStore:
    """A connected store whose first load is done."""
    do()
    return store
