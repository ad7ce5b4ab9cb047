"""A merchant's address, for links in mails, never taken from a request's host."""

from django.conf import settings
from django_tenants.utils import schema_context

from tenants.models import Domain
from tenants.schema import connection


def merchant_url(path: str, *, schema: str = "") -> str:
    """Return the full address of `path` on the primary host of `schema`, by default this one's.

    Raises Domain.DoesNotExist for a merchant without a host.
    """
    schema = schema or connection.schema_name
    with schema_context("public"):
        host = Domain.objects.get(tenant__schema_name=schema, is_primary=True).domain
    port = f":{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT else ""
    return f"{settings.PUBLIC_SCHEME}://{host}{port}{path}"
