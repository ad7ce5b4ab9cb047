"""The hosts a merchant answers on, and the name the platform knows it by."""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http.request import validate_host

from tenants.models import Domain, Tenant
from tenants.provisioning import base_host

LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
HOST = re.compile(rf"{LABEL}(\.{LABEL})+")


def add_host(tenant: Tenant, *, host: str) -> Domain:
    """Let `tenant` answer on `host` too; raise ValidationError in words."""
    host = host.strip().lower().rstrip(".")
    if len(host) > 253 or not HOST.fullmatch(host):
        raise ValidationError("Write a host alone, such as segments.example.com.")
    base = settings.BASE_DOMAIN
    if host == base or (host.endswith(f".{base}") and host != base_host(tenant.schema_name)):
        raise ValidationError(f"Hosts under {base} are given by the slug. Use a host of their own.")
    if Domain.objects.filter(domain=host).exists():
        raise ValidationError(f"A merchant answers on {host} already.")
    if not validate_host(host, settings.ALLOWED_HOSTS):
        raise ValidationError(
            f"{host} is not among ALLOWED_HOSTS. Name it there, restart, and add it again."
        )
    return Domain.objects.create(domain=host, tenant=tenant, is_primary=False)


def make_primary(domain: Domain) -> None:
    """Let links in mails name this host from now on."""
    with transaction.atomic():
        Domain.objects.filter(tenant=domain.tenant_id).update(is_primary=False)
        Domain.objects.filter(pk=domain.pk).update(is_primary=True)


def remove_host(domain: Domain) -> None:
    """Let the merchant no longer answer there; raise ValidationError for the one links name."""
    if domain.is_primary:
        raise ValidationError(
            f"Links in mails name {domain.domain}. Choose another for them first."
        )
    domain.delete()


def rename(tenant: Tenant, *, name: str, industry: str) -> None:
    """Change what the merchant is called and which benchmarks it is compared with."""
    tenant.name, tenant.industry = name.strip(), industry
    tenant.full_clean(exclude=["schema_name"])
    tenant.save(update_fields=["name", "industry"])
