"""The rooms every API stands in: problems, cursor pages, rates, what is read."""

import base64
import contextlib
import json
import socket
import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from tenants.access.members import make_member
from tenants.suspension import suspend
from tenants.web import rates
from tests.conftest import sign_in
from tests.tenants.api_keys import api, client_of, new_key

pytestmark = pytest.mark.urls("tests.tenants.web_probe")

PROBE = "/api/v1/probe/"
WRITE = ("segments:read", "segments:write", "customers:read")


def post(client, body, **options):
    if not isinstance(body, bytes | str):
        body = json.dumps(body)
    return client.post(PROBE, body, content_type="application/json", **options)


def problem(response):
    """Return status and body; every problem has the same four keys and its own content type."""
    body = response.json()
    assert response["Content-Type"] == "application/problem+json"
    assert list(body) == ["type", "title", "detail", "errors"]
    return response.status_code, body


def test_nobody_is_asked_for_a_key(tenant):
    response = Client(headers={"host": "acme.localhost"}).get(PROBE)

    status, body = problem(response)
    assert (status, body["title"]) == (401, "Unauthorized")
    assert response["WWW-Authenticate"] == 'Bearer realm="Strata"'


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("put", PROBE, 405),
        ("delete", PROBE, 405),
        ("options", PROBE, 405),
        ("get", "/api/v1/nothing/", 404),
        ("post", "/api/v1/nothing/", 404),
        ("get", "/api/", 404),
        ("get", "/api", 404),
        ("get", "/api/v1/probe", 404),
        ("get", f"{PROBE}?break", 500),
        ("get", "/api/v1/forgetful/", 500),
        ("get", f"{PROBE}?limit=0", 400),
    ],
)
def test_every_error_is_a_problem(tenant, method, path, status):
    response = getattr(api(*WRITE), method)(path)

    seen, body = problem(response)
    assert seen == status
    assert "secret" not in body["detail"]


def test_an_address_without_its_last_slash_says_so(tenant):
    response = api(*WRITE).get("/api/v1/probe")

    assert response.json()["detail"] == (
        "There is nothing at this address. Addresses end with a slash."
    )


def test_a_form_is_not_json(tenant):
    response = api(*WRITE).post(PROBE, {"name": "Ada"})

    assert problem(response)[0] == 415


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("{", "line 1, column 2"),
        ("", "This field is required."),
        (b"\xff\xfe", "This is not UTF-8"),
        ('{"name": "\\ud800"}', "lone surrogate"),
        ('{"name": "a\\u0000"}', "NUL character"),
        ('{"name": NaN}', "NaN is no number"),
        ("[" * 100_000, "nested too deeply"),
        ("9" * 10_000, "This is not JSON"),
        ("[]", "Invalid data"),
        ('"text"', "Invalid data"),
        ("null", "No data"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(tenant, body, words):
    status, said = problem(post(api(*WRITE), body))

    assert status == 400
    assert words in said["detail"]


def test_the_six_characters_of_a_nul_are_only_characters(tenant):
    response = post(api(*WRITE), '{"name": "a", "other": "\\\\u0000"}')

    assert response.status_code == 201


def test_a_body_that_is_too_large_is_refused(tenant):
    status, said = problem(post(api(*WRITE), b'"' + b"x" * 256 * 1024 + b'"'))

    assert (status, said["detail"]) == (413, "A request has 256 KiB at most.")


def test_faults_keep_their_places(tenant):
    response = post(api(*WRITE), {"name": "Augusta", "amounts": [1, "x"]})

    status, said = problem(response)
    assert status == 400
    assert [one["path"] for one in said["errors"]] == [["name"], ["amounts", 1]]


def test_an_answer_is_kept_in_no_cache(tenant):
    assert api(*WRITE).get(PROBE)["Cache-Control"] == "no-store, private"


def test_accepting_html_gets_json(tenant):
    response = api(*WRITE).get(PROBE, headers={"accept": "text/html"})

    assert response["Content-Type"] == "application/json"


def test_pages_follow_one_another_without_gap_or_repetition(tenant):
    for name in ("dora", "ada", "carl", "bea", "emil"):
        User.objects.create(username=name)
    client, seen, address = api(*WRITE), [], f"{PROBE}?limit=2"

    while address:
        body = client.get(address).json()
        seen.append(body["results"])
        address = body["next"]

    assert seen == [["ada", "bea"], ["carl", "dora"], ["emil"]]
    assert body["next_cursor"] is None


@pytest.mark.parametrize(
    "cursor", ["x", "%", "é", "W10", "WyJhIl0", "WzEsMl0", "WyJhIiwieCJd", "WyJcdTAwMDAiLCIxIl0"]
)
def test_a_broken_cursor_is_refused_in_words(tenant, cursor):
    status, said = problem(api(*WRITE).get(PROBE, {"cursor": cursor}))

    assert (status, said["errors"][0]["path"]) == (400, ["cursor"])


def test_a_cursor_beyond_every_number_is_refused(tenant):
    cursor = base64.urlsafe_b64encode(json.dumps(["a", "9" * 30]).encode()).decode()

    assert problem(api(*WRITE).get(PROBE, {"cursor": cursor}))[0] == 400


@pytest.mark.parametrize("limit", ["501", "-1", "x", "1.5", "١", "9" * 40])
def test_a_limit_has_its_bounds(tenant, limit):
    status, said = problem(api(*WRITE).get(PROBE, {"limit": limit}))

    assert (status, said["detail"]) == (400, "limit is a whole number from 1 to 500.")


def test_a_key_is_told_what_is_left_and_then_to_wait(tenant):
    _, secret = new_key("segments:read", per_minute=2)
    client = client_of(secret)

    answers = [client.get(PROBE) for _ in range(3)]

    assert [one.status_code for one in answers] == [200, 200, 429]
    assert [one["RateLimit-Remaining"] for one in answers] == ["1", "0", "0"]
    assert answers[2]["RateLimit-Limit"] == "2"
    assert 1 <= int(answers[2]["Retry-After"]) <= 60
    assert problem(answers[2])[1]["detail"] == "This key may ask 2 times a minute. Wait a little."


def test_refused_requests_count_too(tenant):
    _, secret = new_key("segments:read", per_minute=1)
    client = client_of(secret)

    assert [post(client, {}).status_code for _ in range(2)] == [403, 429]


@pytest.fixture
def redis_away(settings, monkeypatch):
    """Count the connections to a Redis that answers nothing: a port that hangs up."""
    monkeypatch.setattr(rates.AWAY, "until", 0.0)  # and as it was, after the test
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def hang_up():
            with contextlib.suppress(OSError):
                while True:
                    server.accept()[0].close()
                    asked.append(1)

        threading.Thread(target=hang_up, daemon=True).start()
        caches = settings.CACHES["default"] | {"LOCATION": f"redis://127.0.0.1:{port}/0"}
        settings.CACHES = {"default": caches}
        yield asked
        server.shutdown(socket.SHUT_RDWR)


def test_the_api_answers_while_redis_is_away(tenant, redis_away):
    client = client_of(new_key("segments:read", per_minute=1)[1])

    answers = [client.get(PROBE)]
    after_one = len(redis_away)
    answers += [client.get(PROBE) for _ in range(3)]

    assert [one.status_code for one in answers] == [200] * 4
    assert "RateLimit-Limit" not in answers[0]
    assert len(redis_away) == after_one > 0  # it is left alone for a while


def test_people_use_the_api_with_their_role(tenant, member):
    assert member("viewer").get(PROBE).status_code == 200


def test_a_role_that_may_not_is_told_so(tenant, member):
    status, said = problem(post(member("viewer"), {"name": "Ada"}))

    assert (status, said["detail"]) == (403, "Your role does not allow this.")


def test_people_need_the_pages_own_token_to_change_anything(tenant):
    client = Client(headers={"host": "acme.localhost"}, enforce_csrf_checks=True)
    client.force_login(
        make_member("m@acme.test", role="marketer"),
        backend="django.contrib.auth.backends.ModelBackend",
    )

    refused = post(client, {"name": "Ada"})
    client.get("/admin/")
    token = client.cookies["csrftoken"].value
    taken = post(client, {"name": "Ada"}, headers={"x-csrftoken": token})

    assert (problem(refused)[0], taken.status_code) == (403, 201)


def test_a_merchant_that_is_suspended_answers_nothing(tenant):
    secret = new_key(*WRITE)[1]
    with schema_context("public"):
        suspend(tenant, reason="unpaid")

    assert problem(client_of(secret).get(PROBE))[0] == 503


def test_a_request_costs_one_query_for_its_key(tenant, django_assert_num_queries):
    key, secret = new_key("segments:read")
    type(key).objects.update(last_used_at=timezone.now() + timedelta(seconds=5))
    client = client_of(secret)
    client.get(PROBE)

    with django_assert_num_queries(5):  # merchant, key, page; two search paths
        client.get(PROBE)


def test_a_strangers_cookie_opens_nothing(tenant, other_tenant):
    connection.set_tenant(other_tenant)
    stranger = sign_in(other_tenant, make_member("o@globex.test", role="owner"))

    response = stranger.get(PROBE, headers={"host": "acme.localhost"})

    assert problem(response)[0] == 401
