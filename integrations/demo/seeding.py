"""Making the demo merchants, once: provision, fill, let people in."""

from collections.abc import Sequence

from django.conf import settings
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from integrations.demo.accounts import has_team, logins, make_team
from integrations.demo.filling import fill
from integrations.demo.merchants import MERCHANTS, Merchant
from tenants.deletion import delete_files, drop, forget_cached
from tenants.events import DELETED
from tenants.forking import forked
from tenants.models import Tenant
from tenants.provisioning import base_host, create_merchant

COUNT = 5_000  # customers of each merchant


class NotOurs(Exception):  # noqa: N818 - a state
    """A merchant that is no demo has the demo's slug; the message says what to do."""


def seed(
    slugs: Sequence[str], *, password: str, count: int = COUNT, fresh: bool = False
) -> list[dict[str, str]]:
    """Make the merchants that are missing, each in a process of its own; return all logins.

    `fresh` makes them anew, as of today. Raises NotOurs, and whatever stopped a set-up.
    """
    missing = [slug for slug in slugs if fresh or not _is_whole(MERCHANTS[slug])]
    if len(missing) == 1:
        seed_one(missing[0], password, count, fresh)
    elif missing:
        with forked(len(missing)) as pool:
            tasks = [pool.submit(seed_one, slug, password, count, fresh) for slug in missing]
            for task in tasks:
                task.result()
    return [
        login
        for slug in slugs
        for login in logins(
            slug, what=MERCHANTS[slug].what, host=base_host(slug), password=password
        )
    ]


def seed_one(slug: str, password: str, count: int, fresh: bool) -> None:
    """Make one merchant from nothing; what an interrupted seeding left is taken away first."""
    merchant = MERCHANTS[slug]
    with schema_context("public"):
        old = Tenant.objects.filter(schema_name=slug).first()
    if old is not None:
        if not fresh and old.name != merchant.label:
            raise NotOurs(
                f"There is a merchant “{slug}” that is not the demo's. "
                "Leave it out with --only, or replace it with --fresh."
            )
        _remove(old)
    tenant = _provision(merchant)
    today = timezone.now().astimezone(tenant.zone).date()
    with tenant_context(tenant):
        fill(tenant, merchant, today=today, count=count)
        make_team(slug, password=password)


def _is_whole(merchant: Merchant) -> bool:
    with schema_context("public"):
        tenant = Tenant.objects.filter(schema_name=merchant.key, name=merchant.label).first()
    if tenant is None or tenant.state != Tenant.State.READY:
        return False
    with tenant_context(tenant):
        return has_team(merchant.key)


def _provision(merchant: Merchant) -> Tenant:
    tenant, _ = create_merchant(
        slug=merchant.key,
        name=merchant.label,
        timezone=merchant.timezone,
        currency=merchant.currency,
        industry=merchant.industry,
    )
    tenant.brand_color = merchant.color
    tenant.places = [
        {"name": name, "latitude": latitude, "longitude": longitude}
        for name, latitude, longitude in merchant.places
    ]
    with schema_context("public"):
        tenant.save(update_fields=["brand_color", "places"])
    return tenant


def _remove(tenant: Tenant) -> None:
    """Take a demo merchant away with its schema and files. Never in production."""
    if settings.PRODUCTION:
        raise NotOurs("A demo is not replaced in production.")
    with schema_context("public"):
        for event in DELETED:
            event.run(tenant)
        delete_files(tenant)
        drop(tenant)
    forget_cached(tenant.schema_name)
