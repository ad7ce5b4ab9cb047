"""Who asks: a person with a session, or a program with a service key."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from tenants import audit
from tenants.access.models import ServiceKey
from tenants.access.service_keys import UnusableError, open_with
from tenants.web.scopes import SCOPES


class KeyUser(AnonymousUser):
    """A program: nobody of the team, with the permissions of its key's scopes."""

    def __init__(self, key: ServiceKey) -> None:
        self.key = key
        self.granted = frozenset(
            permission
            for scope in key.scopes
            if scope in SCOPES
            for permission in SCOPES[scope].permissions
        )

    @property
    def is_authenticated(self) -> bool:  # type: ignore[override]
        return True

    @property
    def is_anonymous(self) -> bool:  # type: ignore[override]
        return False

    def has_perm(self, perm: str, obj: Any = None) -> bool:  # type: ignore[override]
        return perm in self.granted

    def has_perms(self, perm_list: Iterable[str], obj: Any = None) -> bool:  # type: ignore[override]
        return self.granted.issuperset(perm_list)


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer strata_…`: a key of the merchant whose host was asked."""

    def authenticate(self, request: Request) -> tuple[KeyUser, ServiceKey] | None:
        scheme, _, text = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            key = open_with(text.strip(), at=timezone.now())
        except UnusableError as error:
            raise AuthenticationFailed(str(error)) from None
        audit.name_actor(str(key))
        return KeyUser(key), key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Strata"'


def person_of(request: Request) -> User | None:
    """Return the member who asks; None for a service key, whom the audit names by itself."""
    return request.user if isinstance(request.user, User) else None
