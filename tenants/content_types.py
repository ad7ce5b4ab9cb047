"""Django's cache of content types, one for each schema: their numbers differ between merchants.

django-tenants empties the process's only cache whenever a connection changes schema. Between that
and the next look-up another thread may fill it with another merchant's numbers, and an audit row
would be written about the wrong model.
"""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connections

from tenants.schema import connection


class PerSchema(dict[str, Any]):
    """Stands where Django keeps alias → cache, and answers with the cache of the current schema."""

    def _own(self) -> dict[str, Any]:
        own: dict[str, Any] = super().setdefault(connection.schema_name or "public", {})
        return own

    def __getitem__(self, alias: str) -> Any:
        return self._own()[alias]

    def setdefault(self, alias: str, default: Any = None) -> Any:
        return self._own().setdefault(alias, default)

    def clear(self) -> None:
        # A thread's first connection empties the cache while it is made: it has no schema yet.
        if connections.all(initialized_only=True):
            self._own().clear()


def separate_caches() -> None:
    """Put it in the place of Django's own; called once, when the applications are ready."""
    ContentType.objects._cache = PerSchema()  # type: ignore[attr-defined]
