"""A merchant's doors, in its own schema: invitations, presence, permissions."""

from tenants.access.models.door import Door
from tenants.access.models.invitation import Invitation
from tenants.access.models.presence import Presence

__all__ = ["Door", "Invitation", "Presence"]
