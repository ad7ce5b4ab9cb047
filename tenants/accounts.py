"""Accounts at platforms: whose a shop is; work for it is scheduled while it is connected."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django_tenants.utils import schema_context

from tenants import schedule
from tenants.models import ExternalAccount, Tenant


def claim(tenant: Tenant, *, provider: str, key: str) -> None:
    """Note that the account is `tenant`'s and schedule its work; raise ValidationError in words."""
    with schema_context("public"):
        try:
            with transaction.atomic():
                ExternalAccount.objects.update_or_create(
                    provider=provider, key=key, tenant=tenant, defaults={"is_live": True}
                )
        except IntegrityError:
            raise ValidationError(
                f"“{key}” is connected to another merchant of this installation. "
                "Disconnect it there first."
            ) from None
        schedule.reschedule_account(tenant, provider=provider)


def release(tenant: Tenant, *, provider: str, key: str) -> None:
    """Note that the account is not connected any more and schedule nothing without one."""
    with schema_context("public"):
        rows = ExternalAccount.objects.filter(tenant=tenant, provider=provider, key=key)
        rows.update(is_live=False)
        schedule.reschedule_account(tenant, provider=provider)


def holders(*, provider: str, key: str) -> list[Tenant]:
    """Return the merchants that have or had the account, the present one first."""
    with schema_context("public"):
        rows = ExternalAccount.objects.filter(provider=provider, key=key).select_related("tenant")
        return [row.tenant for row in rows.order_by("-is_live", "-id")]
