"""From host to merchant, and to nobody else's."""

from django.test import Client


def test_an_unknown_host_is_not_found(db):
    assert Client(headers={"host": "nobody.localhost"}).get("/admin/").status_code == 404


def test_the_host_is_read_without_case(tenant):
    assert Client(headers={"host": "ACME.localhost"}).get("/admin/login/").status_code == 200
