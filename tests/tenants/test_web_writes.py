"""Writes sent again, writes on what was changed meanwhile, and calls from other sites."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from segments.models import PromoCode, Segment
from tenants.access.models import Answer
from tests.segments.api_shop import API, SPENDERS, make_segment, send
from tests.segments.promotions.shop import make_code
from tests.tenants.api_keys import api, client_of, new_key

WRITE = ("promo:read", "promo:write", "segments:read", "segments:write")
CODE = {"code": "VIP10", "value": "10"}


def post(client, path, body, *, key, method="post", **headers):
    return getattr(client, method)(
        API + path,
        body,
        content_type="application/json",
        headers={"Idempotency-Key": key, **headers},
    )


def test_the_same_key_is_done_once_and_answered_alike(tenant):
    client = api(*WRITE)

    first = post(client, "promo-codes/", CODE, key="k1")
    again = post(client, "promo-codes/", CODE, key="k1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.headers["ETag"] == again.headers["ETag"] == '"1"'
    assert PromoCode.objects.count() == 1


def test_a_key_is_of_one_request_and_one_caller(tenant):
    client, other = api(*WRITE), api(*WRITE)
    post(client, "promo-codes/", CODE, key="k1")

    reused = post(client, "promo-codes/", CODE | {"value": "20"}, key="k1")
    theirs = post(other, "promo-codes/", CODE | {"code": "OTHER"}, key="k1")

    assert (reused.status_code, reused.json()["errors"][0]["path"]) == (422, ["Idempotency-Key"])
    assert theirs.status_code == 201
    assert sorted(PromoCode.objects.values_list("code", flat=True)) == ["OTHER", "VIP10"]


def test_what_was_refused_may_be_sent_again(tenant):
    client = api(*WRITE)
    make_code()

    refused = post(client, "promo-codes/", CODE, key="k1")
    PromoCode.objects.all().delete()
    done = post(client, "promo-codes/", CODE, key="k1")

    assert (refused.status_code, done.status_code) == (400, 201)


def test_a_deletion_sent_again_is_no_404(tenant):
    client = api(*WRITE)
    make_code()

    seen = [
        post(client, "promo-codes/vip10/", {}, key="k1", method="delete").status_code
        for _ in range(2)
    ]

    assert seen == [204, 204]


def test_answers_are_kept_for_a_day(tenant):
    client = api(*WRITE)
    post(client, "promo-codes/", CODE, key="k1")
    Answer.objects.update(created_at=timezone.now() - timedelta(days=1, seconds=1))

    again = post(client, "promo-codes/", CODE, key="k1")

    other = post(client, "promo-codes/", CODE | {"code": "OTHER"}, key="k2")

    assert (again.status_code, other.status_code) == (400, 201)  # there is such a code by now
    assert list(Answer.objects.values_list("key", flat=True)) == ["k2"]


@pytest.mark.parametrize("key", ["", " ", "x" * 192])
def test_a_key_that_cannot_be_is_refused(tenant, key):
    response = post(api(*WRITE), "promo-codes/", CODE, key=key)

    assert (response.status_code, PromoCode.objects.count()) == (400, 0)


def test_a_run_in_its_own_process_is_begun_once(tenant):
    client = api("scores:write")

    first = post(client, "segments/rfm/calculate/", {"full": True}, key="k1")
    again = post(client, "segments/rfm/calculate/", {"full": True}, key="k1")
    Answer.objects.update(status=None)
    at_work = post(client, "segments/rfm/calculate/", {"full": True}, key="k1")

    assert (first.status_code, again.status_code, at_work.status_code) == (200, 200, 409)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert at_work.headers["Retry-After"] == "5"


def test_one_key_sent_at_once_is_done_once(committed_tenant):
    secret, barrier = new_key(*WRITE)[1], Barrier(4)

    def one(number):
        try:
            barrier.wait(10)
            return post(client_of(secret), "promo-codes/", CODE, key="k1")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(one, range(4)))

    assert [response.status_code for response in found] == [201] * 4
    assert len({response.json()["created_at"] for response in found}) == 1
    assert PromoCode.objects.count() == 1


def test_a_change_names_what_it_saw(tenant):
    client = api(*WRITE)
    make_code()
    tag = client.get(f"{API}promo-codes/vip10/").headers["ETag"]

    def change(value, match):
        return client.patch(
            f"{API}promo-codes/vip10/",
            {"value": value},
            content_type="application/json",
            headers={"If-Match": match},
        )

    first, second = change("20", tag), change("30", tag)
    third = change("30", f'W/"7", {first.headers["ETag"]}')

    assert (first.status_code, second.status_code, third.status_code) == (200, 412, 200)
    assert second.json()["type"] == "urn:strata:precondition-failed"
    assert PromoCode.objects.get().version == 3


def test_segments_and_deletions_take_the_condition_too(tenant):
    client = api(*WRITE)
    segment = make_segment("Spenders", SPENDERS)
    path = f"{API}segments/{segment.slug}/"
    headers = {"If-Match": '"7"'}

    changed = client.patch(path, {"name": "X"}, content_type="application/json", headers=headers)
    gone = client.delete(path, headers=headers)
    none = client.delete(f"{API}segments/nothing/", headers=headers)

    assert (changed.status_code, gone.status_code, none.status_code) == (412, 412, 404)
    assert Segment.objects.get(pk=segment.pk).name == "Spenders"


def test_where_nothing_can_be_read_no_condition_holds(tenant):
    response = api("promo:redeem").delete(
        f"{API}promo-codes/a/redemptions/b/", headers={"If-Match": "*"}
    )

    assert response.status_code == 412


def test_two_conditional_changes_at_once_are_one(committed_tenant):
    secret, barrier = new_key(*WRITE)[1], Barrier(4)
    make_code()

    def one(number):
        try:
            barrier.wait(10)
            return client_of(secret).patch(
                f"{API}promo-codes/vip10/",
                {"value": str(20 + number)},
                content_type="application/json",
                headers={"If-Match": '"1"'},
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        found = sorted(response.status_code for response in pool.map(one, range(4)))

    assert found == [200, 412, 412, 412]
    assert PromoCode.objects.get().version == 2


def test_no_other_site_may_read_an_answer(tenant):
    client = api(*WRITE)
    origin = {"Origin": "https://evil.example"}

    told = client.get(f"{API}promo-codes/", headers=origin)
    asked = Client(headers={"host": "acme.localhost"}).options(
        f"{API}promo-codes/", headers={**origin, "Access-Control-Request-Method": "POST"}
    )

    for response in (told, asked):
        assert [name for name in response.headers if name.startswith("Access-Control")] == []
    assert asked.status_code in (401, 405)


def test_an_answer_without_keys_costs_no_query_more(tenant):
    client = api(*WRITE)
    send(client, "post", "promo-codes/", CODE)
    client.get(f"{API}promo-codes/vip10/")

    with CaptureQueriesContext(connection) as seen:
        client.get(f"{API}promo-codes/vip10/")

    tables = [re.findall(r'FROM "?(\w+)', query["sql"])[:1] for query in seen.captured_queries]
    after = tables[tables.index(["access_servicekey"]) + 1 :]
    assert after == [["segments_promocode"], ["segments_promosegment"]]
