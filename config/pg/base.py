"""Strict search path: a tenant's connection sees its own schema and nothing else.

django-tenants' default path is `tenant, public`: a schema that lacks a table would be answered
from the platform's own. Here the query fails instead.
"""

from typing import Any

from django_tenants.postgresql_backend import base


class DatabaseWrapper(base.DatabaseWrapper):
    def set_tenant(self, tenant: Any, include_public: bool = False) -> None:
        super().set_tenant(tenant, include_public=False)
