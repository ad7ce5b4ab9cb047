"""Sessions, headers and sign-in: what is refused, after how much, and in which words."""

import time
from dataclasses import replace

import pytest
import time_machine
from auditlog.models import LogEntry
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client, RequestFactory

from tenants.access import members, throttle
from tenants.access.client_ip import client_ip
from tenants.access.throttle import Limit

PASSWORD = "a-long-enough-sentence"


def host(slug: str = "acme") -> Client:
    return Client(headers={"host": f"{slug}.localhost"})


@pytest.fixture
def kim(tenant):
    return members.make_member("kim@acme.test", role="viewer", password=PASSWORD)


def try_to_sign_in(client: Client, password: str, name: str = "kim@acme.test", ip="10.0.0.1"):
    return client.post("/admin/login/", {"username": name, "password": password}, REMOTE_ADDR=ip)


def test_a_sign_in_opens_the_admin_and_is_written_down(kim):
    client = host()

    answer = try_to_sign_in(client, PASSWORD, name=" Kim@Acme.TEST ")

    assert (answer.status_code, answer.url) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200
    entry = LogEntry.objects.get(additional_data__what="sign_in")
    assert (entry.actor, entry.object_id) == (kim, kim.pk)


def test_a_wrong_password_is_refused_in_words_and_counted(kim):
    page = try_to_sign_in(host(), "wrong")

    assert "do not fit together" in page.content.decode()
    entry = LogEntry.objects.exclude(additional_data=None).get()
    assert (entry.additional_data, entry.object_id) == ({"what": "sign_in_failed"}, kim.pk)


def test_after_eight_tries_even_the_right_password_waits(kim, other_tenant):
    for _ in range(7):
        assert try_to_sign_in(host(), "wrong").status_code == 200
    eighth = try_to_sign_in(host(), "wrong")

    right = try_to_sign_in(host(), PASSWORD, name="KIM@acme.test")

    assert (eighth.status_code, right.status_code) == (429, 429)
    assert "Too many wrong passwords" in right.content.decode()
    assert right["Retry-After"] == "900"
    elsewhere = try_to_sign_in(host("globex"), "wrong")
    assert elsewhere.status_code == 200  # the merchant next door is not touched
    assert try_to_sign_in(host(), PASSWORD, ip="10.0.0.2").status_code == 302


def test_one_address_cannot_try_one_password_on_everybody(kim, monkeypatch):
    few = replace(throttle.SIGN_IN_BY_ADDRESS, tries=5)
    monkeypatch.setattr(throttle, "SIGN_IN_BY_ADDRESS", few)
    for number in range(5):
        assert try_to_sign_in(host(), "spring2026", name=f"n{number}@acme.test").status_code == 200

    assert try_to_sign_in(host(), PASSWORD).status_code == 429


def test_what_was_typed_by_nobody_is_not_written_down(kim):
    try_to_sign_in(host(), "x", name="my-password-in-the-wrong-box")

    entry = LogEntry.objects.exclude(additional_data=None).get()
    assert entry.object_repr == "a name nobody here has"
    assert "wrong-box" not in str(entry.__dict__)


def test_a_session_of_acme_is_refused_at_globex_and_on_the_platform(member):
    cookie = member("owner").cookies["sessionid"].value

    def visit(name: str) -> int:
        client = Client(headers={"host": name})
        client.cookies["sessionid"] = cookie
        return client.get("/admin/").status_code

    assert [visit(f"{name}localhost") for name in ("acme.", "globex.", "")] == [200, 302, 302]


def test_a_session_row_copied_to_globex_is_refused(other_tenant, tenant, member):
    client = member("owner")
    row, twin = client.session._get_session_from_db(), User.objects.get()
    connection.set_tenant(other_tenant)
    row.save(force_insert=True)
    twin.save(
        force_insert=True
    )  # the same number and password: only the session's merchant differs

    answer = client.get("/admin/profile/", headers={"host": "globex.localhost"})

    assert (answer.status_code, answer.url) == (302, "/admin/login/?next=/admin/profile/")


@pytest.mark.parametrize(
    ("visits", "is_in"),
    [([29 * 60], True), ([31 * 60], False), ([25 * 60] * 28, True), ([25 * 60] * 29, False)],
    ids=["29 quiet minutes", "31 quiet minutes", "busy for 11:40 h", "busy for 12:05 h"],
)
def test_a_session_ends_after_half_an_hour_of_quiet_or_twelve_hours(member, visits, is_in):
    client, moment = member("viewer"), time.time()

    for pause in visits:
        moment += pause
        with time_machine.travel(moment, tick=False):
            answer = client.get("/admin/profile/")

    assert (answer.status_code == 200) is is_in


def test_signed_in_pages_are_kept_out_of_every_cache(member):
    page = member("viewer").get("/admin/profile/")

    assert page["Cache-Control"] == "no-store, private"


def test_pages_carry_the_security_headers(tenant):
    page = host().get("/admin/login/")

    headers = {
        "Content-Security-Policy": "default-src 'self'; script-src 'self' 'unsafe-eval'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; "
        "frame-ancestors 'none'; base-uri 'self'; form-action 'self'",
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    policy = headers.pop("Content-Security-Policy")
    assert {name: page[name] for name in headers} == headers
    assert set(page["Content-Security-Policy"].split("; ")) == set(policy.split("; "))
    assert "camera=()" in page["Permissions-Policy"]


def test_the_answer_carries_the_number_of_the_request(tenant):
    given = host().get("/admin/login/", headers={"x-request-id": "proxy-12345678"})
    forged = host().get("/admin/login/", headers={"x-request-id": "a b\n"})

    assert given["X-Request-ID"] == "proxy-12345678"
    assert len(forged["X-Request-ID"]) == 16


@pytest.mark.parametrize(
    ("proxies", "claimed", "seen"),
    [
        (0, "6.6.6.6", "10.0.0.9"),
        (1, "6.6.6.6, 203.0.113.7", "203.0.113.7"),
        (2, "6.6.6.6, 203.0.113.7, 10.1.1.1", "203.0.113.7"),
        (1, "", "10.0.0.9"),
        (1, "nonsense", "0.0.0.0"),
    ],
)
def test_only_our_own_proxies_vouch_for_an_address(settings, proxies, claimed, seen):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get(
        "/", REMOTE_ADDR="10.0.0.9", headers={"x-forwarded-for": claimed}
    )

    assert client_ip(request) == seen


def test_a_claimed_address_does_not_break_the_audit(member):
    client = member("owner")

    answer = client.post(
        "/admin/team/",
        {"email": "new@acme.test", "role": "viewer"},
        headers={"x-forwarded-for": "nonsense'"},
    )

    assert answer.status_code == 200
    assert set(LogEntry.objects.values_list("remote_addr", flat=True)) <= {"127.0.0.1", None}


def test_sign_in_says_so_when_tries_cannot_be_counted(kim, settings):
    settings.CACHES = settings.CACHES | {
        "default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:9/0"}
    }

    answer = try_to_sign_in(host(), PASSWORD)

    assert answer.status_code == 503
    assert "not available" in answer.content.decode()


def test_a_limit_counts_each_merchant_apart(tenant, other_tenant):
    limit = Limit("test", tries=1, seconds=60)
    connection.set_tenant(tenant)
    limit.count("x")

    here = limit.is_reached("x")
    connection.set_tenant(other_tenant)

    assert (here, limit.is_reached("x")) == (True, False)
