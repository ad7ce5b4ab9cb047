"""A store with its webhooks, and what carries the sandbox's deliveries to Strata."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from integrations.models import ShopifyStore
from integrations.shopify.webhooks import working as messages
from integrations.shopify.webhooks.accepting import JOB
from integrations.shopify.webhooks.jobs import HOOKS_JOB
from integrations.shopify.webhooks.view import PATH
from tenants import jobs
from tenants.models import Run
from tenants.runs import RunHandle
from tests.integrations.shopify.connected import connect


@pytest.fixture
def hooked(tenant, at_sandbox) -> ShopifyStore:
    """A connected store of acme that the sandbox sends webhooks for."""
    store = connect(
        at_sandbox,
        auth="static",
        access_token=at_sandbox.token,
        client_secret=at_sandbox.sandbox.app.secret,
    )
    jobs.run_now(HOOKS_JOB)
    at_sandbox.sandbox.webhooks.compliance_uri = f"https://localhost/{PATH}"
    return ShopifyStore.objects.get(pk=store.pk)


def post(delivery, *, host: str = "localhost", **headers: str):
    """Send one delivery of the sandbox to Strata and stand in acme again."""
    told = {**delivery.headers, **{name.replace("_", "-"): text for name, text in headers.items()}}
    here = connection.tenant
    kind = told.pop("Content-Type")
    response = Client(headers={"host": host}).post(
        f"/{PATH}", delivery.body, content_type=kind, headers=told
    )
    connection.set_tenant(here)
    return response


@pytest.fixture
def deliver(at_sandbox) -> Callable[..., list[int]]:
    """Carry over what the sandbox has to send; return the statuses."""

    def delivered(**options: str) -> list[int]:
        return [post(each, **options).status_code for each in at_sandbox.sandbox.webhooks.take()]

    return delivered


def work(job: Callable[[RunHandle], dict[str, Any]] = messages.work) -> dict[str, Any] | None:
    """Do a job's work here and now; return its counts, None when the rest was put off."""
    run = Run(tenant=jobs.merchant_here(), job=JOB, started_at=timezone.now(), counts={})
    try:
        return job(RunHandle(run))
    except jobs.Later:
        return None
