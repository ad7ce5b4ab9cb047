"""What the buttons beside a merchant's hosts do."""

from django.core.exceptions import ValidationError
from django.http import QueryDict

from tenants.hosts import add_host, make_primary, remove_host
from tenants.models import Domain, Tenant


def change_hosts(tenant: Tenant, sent: QueryDict) -> str:
    """Do what the form says and return it in words; raise ValidationError in words."""
    if "host" in sent:
        added = add_host(tenant, host=str(sent["host"]))
        return f"{tenant.name} answers on {added.domain} too."
    domain = _find(tenant, sent.get("primary") or sent.get("remove") or "")
    if "primary" in sent:
        make_primary(domain)
        return f"Links in mails name {domain.domain} now."
    remove_host(domain)
    return f"{tenant.name} no longer answers on {domain.domain}."


def _find(tenant: Tenant, pk: str) -> Domain:
    found = Domain.objects.filter(tenant=tenant, pk=pk).first() if pk.isdigit() else None
    if found is None:
        raise ValidationError("That host is gone already.")
    return found
