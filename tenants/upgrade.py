"""Bringing every schema to this version: `public` first, then the merchants side by side.

A merchant whose schema has another version is left alone by workers until its turn is over.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import as_completed

from django.conf import settings
from django.core.management import call_command
from django.db import Error as DatabaseError
from django.db import OperationalError
from django_tenants.utils import schema_context, tenant_context
from psycopg import errors

from tenants import blueprint
from tenants.events import UPGRADED
from tenants.forking import forked
from tenants.garbage import collected_seldom
from tenants.models import Domain, Tenant
from tenants.schedule import ensure_rows
from tenants.schema import connection
from tenants.versions import current_version

# A migration that waits for a lock makes every reader behind it wait: give up soon, try again.
LOCK_TIMEOUT = "2s"
TRIES = 20
KEPT_IN_STEP = (Tenant.State.READY, Tenant.State.SUSPENDED)


def upgrade_platform() -> bool:
    """Migrate `public` and make the platform's own row and host; False when nothing was to do."""
    connection.set_schema_to_public()
    if _public_version() == current_version():
        return False
    with forked(1) as pool:  # the two take five seconds each, of one processor
        drawn = pool.submit(blueprint.draw)
        _migrate("public")
        blueprint.keep(drawn.result())
    platform, _ = Tenant.objects.get_or_create(
        schema_name="public", defaults={"name": "Platform", "state": Tenant.State.READY}
    )
    if not Domain.objects.filter(tenant=platform).exists():
        Domain.objects.create(domain=settings.BASE_DOMAIN, tenant=platform, is_primary=True)
    Tenant.objects.filter(pk=platform.pk).update(migrated_to=current_version())
    return True


def behind() -> list[str]:
    """Return the slugs of the merchants whose schema has another version."""
    with schema_context("public"):
        rows = Tenant.objects.filter(state__in=KEPT_IN_STEP).exclude(schema_name="public")
        return list(
            rows.exclude(migrated_to=current_version()).values_list("schema_name", flat=True)
        )


def upgrade_tenant(slug: str) -> str:
    """Bring one merchant's schema to this version; return why not, empty when it is there."""
    connection.set_schema_to_public()
    try:
        _migrate(slug)
        tenant = Tenant.objects.get(schema_name=slug)
        with tenant_context(tenant):
            for event in UPGRADED:
                event.run(tenant)
        ensure_rows(tenant)
        Tenant.objects.filter(pk=tenant.pk).update(migrated_to=current_version())
    except DatabaseError as error:
        return f"{type(error).__name__}: {error}".splitlines()[0]
    finally:
        connection.set_schema_to_public()
    return ""


def upgrade_tenants(slugs: list[str], *, processes: int) -> Iterator[tuple[str, str]]:
    """Yield each merchant's slug and why it was not upgraded, as they end."""
    if processes == 1 or len(slugs) < 2:
        yield from ((slug, upgrade_tenant(slug)) for slug in slugs)
        return
    with forked(min(processes, len(slugs))) as pool:
        waiting = {pool.submit(upgrade_tenant, slug): slug for slug in slugs}
        for future in as_completed(waiting):
            yield waiting[future], future.result()


def _public_version() -> str:
    try:
        found = Tenant.objects.filter(schema_name="public").values_list("migrated_to", flat=True)
        return found.first() or ""
    except DatabaseError:  # a database without our tables
        return ""


def _migrate(schema_name: str) -> None:
    def migrate() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_TIMEOUT])
        call_command("migrate_schemas", schema_name=schema_name, interactive=False, verbosity=0)

    try:
        with collected_seldom():
            _patiently(migrate)
    finally:
        connection.set_schema_to_public()
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


def _patiently(step: Callable[[], None]) -> None:
    """Try `step` again as long as somebody else's lock stands in the way."""
    for attempt in range(1, TRIES + 1):
        try:
            step()
        except OperationalError as error:
            if attempt == TRIES or not isinstance(error.__cause__, errors.LockNotAvailable):
                raise
            time.sleep(min(attempt, 5) / 5)
        else:
            return
