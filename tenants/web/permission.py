"""May this caller do this? Each view says so per method, in scopes."""

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol, cast

from django.core.exceptions import ImproperlyConfigured
from rest_framework.exceptions import MethodNotAllowed, NotAuthenticated, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from tenants.access.models import ServiceKey
from tenants.web.scopes import SCOPES, Scope

Scopes = Mapping[str, tuple[str, ...]]


class Scoped(Protocol):
    """A view that says which scopes each of its methods needs."""

    scopes: ClassVar[Scopes]


class ScopePermission(BasePermission):
    """A key needs the method's scopes; a person the permissions those scopes stand for."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not request.user.is_authenticated:
            raise NotAuthenticated
        for scope in needed(request, view):
            if isinstance(request.auth, ServiceKey):
                if scope.key not in request.auth.scopes:
                    raise PermissionDenied(f"This key lacks the scope {scope.key}.")
            elif not request.user.has_perms(scope.permissions):
                raise PermissionDenied("Your role does not allow this.")
        return True


def needed(request: Request, view: APIView) -> list[Scope]:
    """Return the scopes of the method asked for; raise MethodNotAllowed when there is none."""
    method = "GET" if request.method == "HEAD" else str(request.method)
    if method.lower() not in view.http_method_names or not hasattr(view, method.lower()):
        raise MethodNotAllowed(method)
    declared: Any = cast("Scoped", view).scopes.get(method)
    if not declared:
        raise ImproperlyConfigured(f"{type(view).__name__} declares no scope for {method}")
    return [SCOPES[key] for key in declared]
