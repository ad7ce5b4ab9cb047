"""Which rows of a merchant's doors are audited field by field."""

from auditlog.registry import auditlog
from django.contrib.auth.models import User

from tenants.access.models import Invitation

# Names and addresses stay out.
auditlog.register(User, include_fields=["is_active", "is_staff", "is_superuser"])
auditlog.register(Invitation, include_fields=["role", "expires_at", "withdrawn_at"])
