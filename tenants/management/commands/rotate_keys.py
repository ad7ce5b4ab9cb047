"""`rotate_keys --tenant SLUG | --all-tenants`: to run after a new key came first in the list."""

from typing import Any

from tenants.commands import Answer, TenantCommand
from tenants.models import Tenant
from tenants.secrets import rotate_all


class Command(TenantCommand):
    help = "Encrypt every stored secret anew with the newest key; afterwards the old key may go."
    allows_all_tenants = True

    def work(self, tenant: Tenant, **options: Any) -> Answer:
        """Rotate the merchant's secrets and say how many there are."""
        count = rotate_all()
        return Answer({"rotated": count}, words=f"{count} secrets stand under the newest key.")
