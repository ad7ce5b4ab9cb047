"""Strict search path: every statement sees the schema its connection stands in, and nothing else.

django-tenants' default path is `tenant, public`: a schema that lacks a table would be answered
from the platform's own. Here the query fails instead. Its path is also set when a cursor is made,
so a cursor made before `schema_context("public")` would go on in `public` after it; here each
statement looks, which costs nothing while the path stands (TENANT_LIMIT_SET_CALLS).
"""

from typing import Any

from django.db.backends.postgresql.base import CursorDebugWrapper
from django.db.backends.utils import CursorWrapper
from django_tenants.postgresql_backend import base


class Cursor(CursorWrapper):
    """What `connection.cursor()` returns: it puts the path right before it runs anything."""

    def execute(self, *args: Any, **kwargs: Any) -> Any:
        self.db.stand()
        return super().execute(*args, **kwargs)

    def executemany(self, *args: Any, **kwargs: Any) -> Any:
        self.db.stand()
        return super().executemany(*args, **kwargs)

    def copy(self, *args: Any, **kwargs: Any) -> Any:
        self.db.stand()
        return self.cursor.copy(*args, **kwargs)


class DebugCursor(CursorDebugWrapper, Cursor):
    """The same when queries are logged or counted."""

    def copy(self, *args: Any, **kwargs: Any) -> Any:
        self.db.stand()
        return super().copy(*args, **kwargs)


class DatabaseWrapper(base.DatabaseWrapper):
    def set_tenant(self, tenant: Any, include_public: bool = False) -> None:
        super().set_tenant(tenant, include_public=False)

    def stand(self) -> None:
        """Set the search path if it was changed, or rolled back, since it was last set."""
        if self.search_path_set_schemas is None:
            self._handle_search_path()

    def make_cursor(self, cursor: Any) -> Cursor:
        return Cursor(cursor, self)

    def make_debug_cursor(self, cursor: Any) -> DebugCursor:
        return DebugCursor(cursor, self)
