"""What load balancers ask, by IP address and without a merchant."""

import pytest
from django.db import OperationalError, connection
from django.test import Client

from tenants import health


def probe(path: str):
    return Client(headers={"host": "10.0.0.7:8000"}).get(path)


def test_a_process_that_lives_says_so(db):
    response = probe("/healthz")

    assert (response.status_code, response.content) == (200, b"ok")


def test_a_process_lives_without_any_database(django_db_blocker):
    with django_db_blocker.block():
        assert probe("/healthz").status_code == 200


def test_a_process_is_ready_when_postgresql_and_redis_answer(db):
    response = probe("/readyz")

    assert (response.status_code, response.json()) == (200, {"postgresql": True, "redis": True})


def test_redis_may_be_away(db, settings):
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1"}}

    response = probe("/readyz")

    assert (response.status_code, response.json()) == (200, {"postgresql": True, "redis": False})


class Refusing:
    """A connection to a server that is away."""

    def set_schema_to_public(self):
        return

    def cursor(self):
        raise OperationalError("connection refused")


def test_postgresql_may_not(db, monkeypatch):
    monkeypatch.setattr(health, "connection", Refusing())

    response = probe("/readyz")

    assert (response.status_code, response.json()) == (503, {"postgresql": False, "redis": True})


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_probe_changes_nobodys_schema(tenant, path):
    probe(path)

    assert connection.schema_name in ("acme", "public")
