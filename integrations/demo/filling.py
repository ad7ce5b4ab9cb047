"""Filling a demo merchant's schema: declared attributes and policies, three files, the scores."""

from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.management import call_command

from commerce.models import AttributeDefinition, PopulationPolicy
from integrations.demo import files
from integrations.demo.merchants import Merchant
from integrations.demo.oddities import MARKETPLACE_DOMAIN, STAFF_TAG, WHOLESALE_TAG
from tenants.models import Tenant

SEED = "strata"
# Scored as it stood on these days as well, so that there is movement to look at.
EARLIER = (60, 30, 7)


def fill(
    tenant: Tenant,
    merchant: Merchant,
    *,
    today: date,
    count: int,
    earlier: tuple[int, ...] = EARLIER,
) -> None:
    """Import the merchant's invented store through the doors a merchant has, and score it.

    The connection stands in the tenant's schema.
    """
    declare(merchant)
    with TemporaryDirectory(prefix="strata-demo-") as folder:
        write_files(Path(folder), merchant, today=today, count=count)
        for kind in ("customers", "orders", "events"):
            _run(f"import_{kind}", str(Path(folder) / f"{kind}.csv.gz"), tenant=tenant)
    for days_ago in (*earlier, 0):
        day = today - timedelta(days=days_ago)
        _run("compute_rfm", "--as-of", day.isoformat(), tenant=tenant)


def declare(merchant: Merchant) -> None:
    """Declare the custom attributes, and who in the store's data is no customer."""
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


def write_files(folder: Path, merchant: Merchant, *, today: date, count: int) -> None:
    """Write the store of `today` as customers, orders and events into `folder`."""
    store = merchant.make_store(seed=f"{SEED} {merchant.key}", today=today, count=count)
    properties = files.property_columns(store.events)
    keys = [attribute.key for attribute in merchant.attributes]
    files.write(
        folder / "customers.csv.gz",
        header=files.customer_columns(keys),
        rows=files.customer_rows(store.people, attributes=keys),
    )
    files.write(
        folder / "orders.csv.gz", header=files.ORDER_COLUMNS, rows=files.order_rows(store.orders)
    )
    files.write(
        folder / "events.csv.gz",
        header=[*files.EVENT_COLUMNS, *(f"prop.{key}" for key in properties)],
        rows=files.event_rows(store.events, properties=properties),
    )


def _run(command: str, *arguments: str, tenant: Tenant) -> None:
    """Run one of the commands a merchant's engineer has; what it prints is not shown."""
    call_command(command, *arguments, "--tenant", tenant.schema_name, stdout=StringIO())
