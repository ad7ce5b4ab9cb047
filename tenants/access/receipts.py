"""What follows a sign-in, a failure or a lock-out: a bound session, an audit row."""

import logging
from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from tenants import audit
from tenants.access.members import find, login_name
from tenants.access.sessions import open_session
from tenants.access.throttle import count_failed_sign_in

logger = logging.getLogger(__name__)
NOBODY = "a name nobody here has"  # what was typed may be a password in the wrong box


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    """Bind the session to the merchant and write the audit row."""
    open_session(request)
    audit.record(user, "sign_in", user)
    logger.info("sign-in", extra={"user_id": user.pk})


@receiver(user_logged_out)
def signed_out(user: User | None, **_: Any) -> None:
    """Write the audit row."""
    if user is not None:
        audit.record(user, "sign_out", user)


@receiver(user_login_failed)
def sign_in_failed(
    credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any
) -> None:
    """Count the try and write the audit row, naming only people who exist."""
    name = login_name(str(credentials.get("username") or ""))
    count_failed_sign_in(request, name=name)
    user = find(name)
    audit.record(None, "sign_in_failed", user or NOBODY)
    logger.warning("sign-in failed", extra={"user_id": user.pk if user else None})


@receiver(user_locked_out)
def sign_in_locked(username: str, **_: Any) -> None:
    """Write the audit row."""
    user = find(login_name(username or ""))
    audit.record(None, "sign_in_locked", user or NOBODY)
    logger.warning("sign-in locked", extra={"user_id": user.pk if user else None})
