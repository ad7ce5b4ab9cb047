"""Every address of the API: it says its scopes, and keeps to them for everybody."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from config import api as mounted
from tenants.access.roles import ROLES
from tenants.web.addresses import addresses
from tenants.web.scopes import SCOPES
from tenants.web.views import ApiView
from tests.conftest import sign_in
from tests.tenants.api_keys import api, client_of, new_key

ADDRESSES = list(addresses())
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
CASES = [
    (address, method)
    for address in ADDRESSES
    for method in METHODS
    if hasattr(address.view, method.lower())
]
NAMES = [f"{method} {address.route}" for address, method in CASES]


def views_below(patterns: list[Any]) -> list[Any]:
    found = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            found += views_below(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            found.append(pattern.callback)
    return found


def path_of(route: str) -> str:
    """Return an address with 1 in every gap."""
    parts = ["1" if part.startswith("<") else part for part in route.split("/")]
    return "/" + "/".join(parts)


def call(client: Client, address: Any, method: str) -> int:
    client.raise_request_exception = False
    send = getattr(client, method.lower())
    options = {} if method == "GET" else {"content_type": "application/json"}
    return send(path_of(address.route), **options).status_code


def test_every_mounted_view_is_ours():
    views = [getattr(view, "view_class", view) for view in views_below(mounted.urlpatterns)]

    assert [
        view for view in views if not (isinstance(view, type) and issubclass(view, ApiView))
    ] == []
    assert len(views) == len(ADDRESSES) > 10


@pytest.mark.parametrize(("address", "method"), CASES, ids=NAMES)
def test_every_method_declares_known_scopes(address, method):
    declared = address.view.scopes.get(method, ())

    assert declared, f"{address.view.__name__} declares no scope for {method}"
    assert [scope for scope in (*declared, *address.view.more_with) if scope not in SCOPES] == []


def test_no_scope_is_declared_for_a_method_that_is_not_there():
    strays = [
        (address.route, method)
        for address in ADDRESSES
        for method in address.view.scopes
        if not hasattr(address.view, method.lower())
    ]

    assert strays == []


def test_every_scope_stands_for_permissions_that_somebody_has(tenant):
    owned = ROLES["owner"].permissions

    assert [scope.key for scope in SCOPES if not scope.permissions <= owned] == []


def test_nobody_gets_an_answer(tenant):
    client = Client(headers={"host": "acme.localhost"})

    assert {
        name: call(client, *case) for name, case in zip(NAMES, CASES, strict=True)
    } == dict.fromkeys(NAMES, 401)


def test_a_stranger_gets_no_answer(tenant, other_tenant):
    connection.set_tenant(other_tenant)
    user = User.objects.create_superuser("globex", "o@globex.test")
    person = sign_in(other_tenant, user)
    _, secret = new_key(*(scope.key for scope in SCOPES))
    connection.set_tenant(tenant)
    visitor = Client(headers={"host": "acme.localhost"})
    visitor.cookies["sessionid"] = person.cookies["sessionid"].value

    for client in (visitor, client_of(secret)):
        seen = {name: call(client, *case) for name, case in zip(NAMES, CASES, strict=True)}
        assert seen == dict.fromkeys(NAMES, 401)


def test_a_key_needs_each_scope_of_a_method(tenant):
    everything = {scope.key for scope in SCOPES}
    keyrings = {}
    for address, method in CASES:
        for scope in address.view.scopes[method]:
            client = keyrings.setdefault(scope, api(*(everything - {scope})))
            assert call(client, address, method) == 403, f"{method} {address.route} without {scope}"


def test_a_key_with_its_scopes_gets_further(tenant):
    client = api(*(scope.key for scope in SCOPES))

    seen = {name: call(client, *case) for name, case in zip(NAMES, CASES, strict=True)}

    assert {name: status for name, status in seen.items() if status in (401, 403, 405, 500)} == {}


@pytest.mark.parametrize("role", list(ROLES))
def test_people_may_what_their_role_may(tenant, member, role):
    client, allowed = member(role), ROLES[role].permissions

    for address, method in CASES:
        needed = {one for key in address.view.scopes[method] for one in SCOPES[key].permissions}
        status = call(client, address, method)
        assert (status != 403) is (needed <= allowed), f"{method} {address.route}: {status}"


def test_unknown_methods_are_not_allowed(tenant):
    client = api(*(scope.key for scope in SCOPES))

    for address in ADDRESSES:
        for method in set(METHODS) - set(address.view.scopes):
            assert call(client, address, method) == 405


def test_the_walk_finds_what_django_serves():
    routes = {address.route for address in ADDRESSES}
    resolver = get_resolver("config.urls")

    assert all(resolver.resolve(path_of(route)).func.view_class for route in routes)
