"""What a new merchant gets from this floor: roles, and the invitation of the first owner."""

from typing import Any

from tenants import events
from tenants.access import invitations
from tenants.access.roles import OWNER, make_roles
from tenants.models import Tenant


def open_doors(tenant: Tenant) -> dict[str, Any] | None:
    """Make the roles and, for a first owner's address, an invitation; return its link.

    Safe to repeat: a second link takes the place of the first.
    """
    make_roles()
    if not tenant.owner_email:
        return None
    _, link = invitations.invite(tenant.owner_email, role=OWNER.key, by=None, is_mailed=True)
    return {"invitation": link}


def renew_roles(tenant: Tenant) -> dict[str, Any] | None:
    """Bring the roles in step with the permissions the new version brought."""
    make_roles()
    return None


events.UPGRADED.register(events.TenantEvent("access", "Roles", renew_roles))
events.CREATED.register(events.TenantEvent("access", "Roles and the first owner", open_doors))
