"""From host to merchant, and to nobody else's."""

import pytest
from django.db import connection
from django.test import Client

from tenants.models import Tenant


def ask(host: str, path: str = "/admin/login/", **headers):
    return Client(headers={"host": host, **headers}).get(path)


@pytest.mark.parametrize(
    "host", ["acme.localhost", "ACME.localhost", "acme.localhost.", "acme.localhost:8000"]
)
def test_a_merchants_host_is_read_without_case_dot_or_port(tenant, host):
    response = ask(host)

    assert response.status_code == 200
    assert response.wsgi_request.tenant.schema_name == "acme"


@pytest.mark.parametrize(
    "host",
    [
        "nobody.localhost",
        "acme.nobody.localhost",
        "acme",
        "evil.example",
        "127.0.0.1",
        "acme.localhost@globex.localhost",
        "acme.localhost/globex.localhost",
        "acme.localhost, globex.localhost",
        "acme.localhost:8000:9",
        "acme%2elocalhost",
        "",
    ],
)
def test_any_other_host_is_nobodys(tenant, host):
    assert ask(host).status_code == 404


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-Host"])
def test_no_other_header_names_the_merchant(tenant, header):
    response = ask("acme.localhost", **{header: "globex.localhost"})

    assert response.wsgi_request.tenant.schema_name == "acme"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("provisioning", "is being set up"),
        ("failed", "could not be set up yet"),
        ("suspended", "is paused"),
        ("deleting", "is not available"),
    ],
)
def test_a_merchant_that_is_not_ready_says_so_on_every_page(tenant, state, words):
    connection.set_schema_to_public()
    Tenant.objects.filter(pk=tenant.pk).update(state=state, state_note="for the staff only")

    for path in ("/", "/admin/", "/admin/login/", "/nowhere/"):
        response = ask("acme.localhost", path)
        assert response.status_code == 503
        assert words in response.content.decode()
        assert "for the staff only" not in response.content.decode()


def test_a_page_that_is_not_ready_has_its_style_sheet(tenant):
    connection.set_schema_to_public()
    Tenant.objects.filter(pk=tenant.pk).update(state="suspended")

    assert ask("acme.localhost", "/static/css/plain.css").status_code == 200


def test_a_half_made_merchant_never_shows_the_platforms_own_tables(db):
    connection.set_schema_to_public()
    tenant = Tenant.objects.create(schema_name="half", name="Half", state="ready")
    tenant.domains.create(domain="half.localhost")
    client = Client(headers={"host": "half.localhost"}, raise_request_exception=False)

    response = client.post("/admin/login/", {"username": "root", "password": "x"})

    assert response.status_code == 500
