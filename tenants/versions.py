"""Which migrations this code expects, and whether a merchant's schema has them."""

import hashlib
from functools import cache

from django.db.migrations.loader import MigrationLoader


@cache
def current_version() -> str:
    """Return the fingerprint of all migrations of this code: what `Tenant.migrated_to` must say."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    names = sorted(f"{app}.{name}" for app, name in loader.disk_migrations)
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:32]
