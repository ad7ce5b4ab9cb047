"""Sessions of one merchant that end after a quiet half hour, at the latest after a working day."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from tenants.access.models import Presence
from tenants.schema import connection

SCHEMA, OPENED, SEEN = "merchant", "opened_at", "seen_at"
# How often a visit is written down: one small update a minute for somebody who clicks all the time.
WRITE_EVERY = 60


def open_session(request: HttpRequest) -> None:
    """Write into a fresh session whose it is and when it began."""
    now = int(timezone.now().timestamp())
    request.session.update({SCHEMA: connection.schema_name, OPENED: now, SEEN: now})


class SessionMiddleware:
    """Sign people out whose session is over, and keep signed-in pages out of every cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            self._check(request)
        response = self.get_response(request)
        if request.user.is_authenticated:
            response["Cache-Control"] = "no-store, private"
        return response

    def _check(self, request: HttpRequest) -> None:
        now, session = int(timezone.now().timestamp()), request.session
        if session.get(SCHEMA) != connection.schema_name:
            logout(request)
        elif now - session[OPENED] >= settings.SESSION_COOKIE_AGE:
            _sign_out(request, "You were signed out after 12 hours. Please sign in again.")
        elif now - session[SEEN] >= settings.SESSION_IDLE_SECONDS:
            _sign_out(request, "You were signed out because nothing happened for a while.")
        elif now - session[SEEN] >= WRITE_EVERY:
            session[SEEN] = now
            _remember(request)


def _sign_out(request: HttpRequest, why: str) -> None:
    logout(request)
    messages.info(request, why)


def _remember(request: HttpRequest) -> None:
    if connection.schema_name != "public":  # the platform keeps no presence
        Presence.objects.update_or_create(
            user_id=int(request.session["_auth_user_id"]), defaults={"seen_at": timezone.now()}
        )
