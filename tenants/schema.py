"""The database connection, typed as what it is: one that stands in a merchant's schema."""

from typing import cast

from django.db import connection as django_connection
from django_tenants.postgresql_backend.base import DatabaseWrapper

connection = cast(DatabaseWrapper, django_connection)
