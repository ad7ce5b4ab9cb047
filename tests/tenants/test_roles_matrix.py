"""Every address of a merchant's host × every role, nobody, a stranger: the table is the truth."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from commerce.models import AttributeDefinition, Customer, Order
from tenants.access.members import make_member
from tests.conftest import sign_in
from tests.tenants.role_matrix import TABLE, TEAM, Rule, addresses, rules

RULES = rules()


@pytest.fixture
def things(tenant) -> None:
    """Make a row for the addresses that name one: each is number 1."""
    Customer.objects.create(id=1)
    AttributeDefinition.objects.create(id=1, key="diet", label="Diet")
    now = timezone.now()
    Order.objects.create(id=1, source="csv", placed_at=now, placed_on=now.date(), placed_hour=9)


def answer(client: Client, rule: Rule, method: str) -> str:
    """Return "yes", "no" (403, 405), "sign in", or what went wrong."""
    client.raise_request_exception = False
    address = reverse(rule.name, args=rule.args, urlconf="config.urls")
    response = getattr(client, method)(address, headers={"host": "acme.localhost"})
    if response.status_code in (403, 405):
        return "no"
    if response.status_code == 302 and response.url.startswith("/admin/login/"):
        return "sign in"
    return "yes" if response.status_code < 500 else f"error {response.status_code}"


def differences(client: Client, who: str, otherwise: str) -> list[str]:
    """Return the lines of the table that do not hold for `who`."""
    found = []
    for rule in RULES:
        for method, allowed in (("get", rule.look), ("post", rule.post)):
            expected = "yes" if who in allowed else otherwise
            seen = answer(client, rule, method)
            if seen != expected:
                found.append(f"{method} {rule.name} {' '.join(rule.args)}: {seen}, not {expected}")
    return found


def draft(name: str, count: int, clients: dict[str, Client]) -> str:
    """Return the line of a new address as the code behaves now; correct whichever is wrong."""
    argument = "commerce" if name == "admin:app_list" else "1"
    rule = Rule(name, (argument,) * count, frozenset(), frozenset())
    may = {
        method: [role for role in TEAM if answer(clients[role], rule, method) == "yes"]
        for method in ("get", "post")
    }
    look, post = ("team" if who == [*TEAM] else " ".join(who) or "-" for who in may.values())
    return f"{name} | {' '.join(rule.args)} | {look} | {post}"


def test_every_address_has_its_line(things, member):
    existing, listed = addresses(), {rule.name for rule in RULES}
    missing = sorted(existing.items() - {(name, existing.get(name)) for name in listed})

    clients = {role: member(role) for role in TEAM} if missing else {}
    lines = [draft(name, count, clients) for name, count in missing]

    assert not lines, f"read and add to {TABLE.name}:\n" + "\n".join(lines)
    assert listed - set(existing) == set(), "these addresses are gone"


@pytest.mark.parametrize("role", TEAM)
def test_a_role_opens_what_its_table_says(tenant, things, role):
    client = sign_in(tenant, make_member(f"{role}@acme.test", role=role))

    found = differences(client, role, otherwise="no")

    assert not found, "\n".join(found)


def test_nobody_gets_further_than_sign_in(things):
    found = differences(Client(), "anyone", otherwise="sign in")

    assert not found, "\n".join(found)


def test_a_strangers_cookie_opens_nothing(things, other_tenant):
    connection.set_tenant(other_tenant)
    make_member("owner@globex.test", role="owner")
    stranger = sign_in(other_tenant, User.objects.get())
    cookie = stranger.cookies["sessionid"].value
    found = []

    for rule in RULES:
        client = Client()
        client.cookies["sessionid"] = cookie
        if "anyone" not in rule.look and (seen := answer(client, rule, "get")) != "sign in":
            found.append(f"{rule.name}: {seen}")

    assert found == []
