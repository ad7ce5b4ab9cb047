"""The platform's tables, in `public`: merchants, hosts, jobs, runs. No personal data."""

from tenants.models.alert import Alert
from tenants.models.blueprint import Blueprint
from tenants.models.external_account import ExternalAccount
from tenants.models.job import TenantJob
from tenants.models.pulse import Pulse
from tenants.models.run import Run
from tenants.models.tenant import Domain, Tenant

__all__ = ["Alert", "Blueprint", "Domain", "ExternalAccount", "Pulse", "Run", "Tenant", "TenantJob"]
