"""The merchant the measurements happen in."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django_tenants.utils import schema_context, tenant_context

from tenants.models import Tenant

SLUG = "bench"


def ensure() -> Tenant:
    """Return the merchant, made the first time."""
    call_command("upgrade", verbosity=0)
    with schema_context("public"):
        found = Tenant.objects.filter(schema_name=SLUG).first()
    if found is None:
        options = {"name": "Benchmark", "timezone": "Europe/London", "currency": "GBP"}
        call_command("create_tenant", SLUG, verbosity=0, **options)
    with schema_context("public"):
        return Tenant.objects.get(schema_name=SLUG)


@contextmanager
def inside() -> Iterator[Tenant]:
    """Stand in the merchant's schema."""
    tenant = ensure()
    with tenant_context(tenant):
        yield tenant
