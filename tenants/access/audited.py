"""Which rows of a merchant's doors are audited field by field."""

from auditlog.registry import auditlog
from django.contrib.auth.models import User

# Names and addresses stay out. Invitations write their own rows (tenants.access.invitations).
auditlog.register(User, include_fields=["is_active", "is_staff", "is_superuser"])
