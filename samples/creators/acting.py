"""Who did something, and on which of the merchant's days."""

from datetime import date, datetime

from django.contrib.auth.models import User

from tenants.audit import Actor
from tenants.schema import connection


def local_day(at: datetime) -> date:
    """Return the merchant's local day of a moment."""
    return at.astimezone(connection.tenant.zone).date()


def user_of(by: Actor) -> User | None:
    """Return who acts as a row can name them; None for a job or somebody not signed in."""
    return by if isinstance(by, User) and by.pk else None
