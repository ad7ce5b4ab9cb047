"""Filling a demo merchant's schema: declarations, three files, the scores of some days."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import transaction

from commerce.models import AttributeDefinition, PopulationPolicy
from commerce.rollups import STORE_DAYS, refresh_all
from integrations.csv import services as imports
from integrations.csv.fields import Kind
from integrations.demo import files
from integrations.demo.creators import make_creators
from integrations.demo.living import live_a_week
from integrations.demo.merchants import Merchant
from integrations.demo.oddities import MARKETPLACE_DOMAIN, STAFF_TAG, WHOLESALE_TAG
from integrations.demo.promotions import make_codes
from integrations.demo.settling import settle
from samples.history import CLASSIFY
from segments import services as segments
from segments.library import COUNT
from segments.models import RfmSettings
from segments.scoring.beside.run import compute_scores
from segments.scoring.beside.tallies import keep_months
from segments.scoring.rfm.movement import keep_month
from tenants import jobs
from tenants.models import Tenant
from tenants.schema import connection

SEED = "strata"
# What a worker would do within the hour or the week: whoever logs in now finds it done.
WAITING = (STORE_DAYS, CLASSIFY, "duplicates")


def fill(tenant: Tenant, merchant: Merchant, *, today: date, count: int) -> None:
    """Import the merchant's invented store through the doors a merchant has, and score it.

    The connection stands in the tenant's schema.
    """
    declare(merchant)
    with TemporaryDirectory(prefix="strata-demo-") as folder:
        for path, kind in write_files(Path(folder), merchant, today=today, count=count):
            import_file(path, kind=kind)
    for job in WAITING:
        jobs.run_now(job)
    make_creators(today=today)
    score(tenant, today=today, days_ago=merchant.scored_days_ago)
    score_beside(tenant, today=today, days_ago=min(merchant.scored_days_ago))
    if merchant.key == "bistro":
        live_a_week(today=today)
    make_codes(today=today)
    settle(tenant)
    jobs.run_now(COUNT)


def declare(merchant: Merchant) -> None:
    """Declare custom attributes, who in the data is no customer, and how RFM is read."""
    for attribute in merchant.attributes:
        AttributeDefinition.objects.update_or_create(
            key=attribute.key,
            defaults={
                "label": attribute.label,
                "kind": attribute.kind,
                "is_sensitive": attribute.is_sensitive,
            },
        )
    policy = PopulationPolicy.current()
    policy.staff_tags, policy.staff_domains = [STAFF_TAG], [merchant.staff_domain]
    policy.wholesale_tags, policy.marketplace_domains = [WHOLESALE_TAG], [MARKETPLACE_DOMAIN]
    policy.save()
    RfmSettings.objects.update_or_create(pk=1, defaults=merchant.rfm)


def write_files(
    folder: Path, merchant: Merchant, *, today: date, count: int
) -> list[tuple[Path, Kind]]:
    """Write the store of `today` into `folder`; return customers, orders and events."""
    store = merchant.make_store(seed=f"{SEED} {merchant.key}", today=today, count=count)
    told = [attribute.key for attribute in merchant.attributes]
    properties = files.property_columns(store.events)
    tables: list[tuple[Kind, Iterable[str], Iterable[list[object]]]] = [
        (
            Kind.CUSTOMERS,
            files.customer_columns(told),
            files.customer_rows(store.people, attributes=told),
        ),
        (Kind.ORDERS, files.ORDER_COLUMNS, files.order_rows(store.orders)),
        (
            Kind.EVENTS,
            files.event_columns(properties),
            files.event_rows(store.events, properties=properties),
        ),
    ]
    written = []
    for kind, header, rows in tables:
        path = folder / f"{merchant.key}-{kind}.csv.gz"
        files.write(path, header=list(header), rows=rows)
        written.append((path, kind))
    return written


def import_file(path: Path, *, kind: Kind) -> None:
    """Import one file as the command line does; raise ValueError when a row was rejected."""
    file = imports.register(path, kind=kind)
    jobs.run_now(imports.JOB, params={"file": file.pk})
    file.refresh_from_db()
    if file.counts.get("rejected"):
        row = file.rejected.order_by("line")[0]
        raise ValueError(f"{path.name}, line {row.line}: {row.reason}")


def score(tenant: Tenant, *, today: date, days_ago: Iterable[int]) -> None:
    """Score as of earlier days and of today: there is movement to look at from the first hour."""
    for days in (*days_ago, 0):
        noon = datetime.combine(today - timedelta(days=days), time(12), tzinfo=tenant.zone)
        # Read whole each time: the files came at once, so no order was new on those days.
        run = segments.compute_rfm(at=noon, is_full=True)
    keep_month(run)


def score_beside(tenant: Tenant, *, today: date, days_ago: int) -> None:
    """Score engagement, PQL and lifecycle as of an earlier day and of today, likewise."""
    noons = [
        datetime.combine(day, time(12), tzinfo=tenant.zone)
        for day in (today - timedelta(days=days_ago), today)
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        refresh_all(cursor, on=noons[0].date())
    for noon in noons:
        runs = compute_scores(at=noon)
    keep_months(runs)
