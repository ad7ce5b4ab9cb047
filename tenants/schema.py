"""The database connection, typed as what it is: one that stands in a merchant's schema."""

from typing import TYPE_CHECKING, cast

from django.db import connection as django_connection
from django.db import connections

if TYPE_CHECKING:  # importing the backend needs the apps, and Celery is configured before them
    from django_tenants.postgresql_backend.base import DatabaseWrapper

connection = cast("DatabaseWrapper", django_connection)


def current_wrapper() -> "DatabaseWrapper":
    """Return this thread's own connection, for another thread to look at."""
    return cast("DatabaseWrapper", connections["default"])
