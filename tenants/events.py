"""What happens to a merchant, for the floors above to join in: made, upgraded, deleted.

Each callback must be safe to repeat: a set-up that was interrupted begins again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tenants.models import Tenant
from tenants.registry import Registry


@dataclass(frozen=True)
class TenantEvent:
    """One floor's part. Of CREATED it may return what the person who asked gets to see.

    An example is `{"invitation": "https://…"}`, which `create_tenant` prints; it is not kept.
    """

    key: str
    label: str
    run: Callable[[Tenant], dict[str, Any] | None]


CREATED: Registry[TenantEvent] = Registry("created event")  # in the merchant's schema, migrated
UPGRADED: Registry[TenantEvent] = Registry("upgraded event")  # likewise, with new tables
DELETED: Registry[TenantEvent] = Registry("deleted event")  # in `public`, before the schema goes
