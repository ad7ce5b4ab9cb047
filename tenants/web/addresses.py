"""Every address of the API and what it asks for: read from the URLs, so nothing is told twice."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from tenants.web.scopes import SCOPES, Scope
from tenants.web.views import ApiView

START = "api/"


@dataclass(frozen=True)
class Address:
    """A route as it is written in the URLs, without the leading slash, and its view."""

    route: str
    view: type[ApiView]


def addresses() -> Iterator[Address]:
    """Yield the API's addresses in the order in which they are tried."""
    yield from _walk(get_resolver(settings.ROOT_URLCONF).url_patterns, "")


def _walk(patterns: list[URLPattern | URLResolver], above: str) -> Iterator[Address]:
    for pattern in patterns:
        route = above + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if route.startswith(START) or not above:
                yield from _walk(pattern.url_patterns, route)
            continue
        view = getattr(pattern.callback, "view_class", None)
        if route.startswith(START) and isinstance(view, type) and issubclass(view, ApiView):
            yield Address(route, view)


def offered_scopes() -> list[Scope]:
    """Return the scopes that an address asks for, or answers more to, in the table's order."""
    used = {
        scope
        for address in addresses()
        for scopes in (*address.view.scopes.values(), address.view.more_with)
        for scope in scopes
    }
    return [scope for scope in SCOPES if scope.key in used]
