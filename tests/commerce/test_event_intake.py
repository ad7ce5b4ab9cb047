"""Events through the API: taken once, bad ones told by place, good ones kept."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from commerce.models import Customer, CustomerIdentity, DataSource, Event, EventName, StaleCustomer
from tests.commerce.factories import CustomerFactory, bring_up_to_date
from tests.tenants.api_keys import api, client_of, new_key

ADDRESS = "/api/v1/events/"
WRITE = ("events:write",)


def post(client, body):
    return client.post(ADDRESS, json.dumps(body), content_type="application/json")


def event(number=1, **values):
    told = {"id": f"e{number}", "name": "report_exported", "customer_id": "C1"}
    return told | {"occurred_at": "2026-06-01T09:30:00Z"} | values


@pytest.fixture
def ada(tenant):
    DataSource.objects.create(key="till", label="Till", is_primary=True)
    customer = CustomerFactory(email="ada@shop.test")
    CustomerIdentity.objects.create(customer=customer, source="till", external_id="C1")
    bring_up_to_date(on=timezone.localdate(timezone=connection.tenant.zone))
    StaleCustomer.objects.all().delete()
    return customer


def test_an_event_lands_and_becomes_known_to_rules(ada):
    sent = event(properties={"format": "pdf", "pages": 12})

    answer = post(api(*WRITE), sent)

    assert (answer.status_code, answer.json()) == (200, {"accepted": 1, "new": 1, "errors": []})
    kept = Event.objects.get()
    assert (kept.customer, kept.source, kept.properties) == (ada, "till", sent["properties"])
    assert kept.occurred_at == datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
    assert EventName.objects.get().properties == {"format": "text", "pages": "number"}
    words = api("segments:read").get("/api/v1/segments/catalogue/").content.decode()
    assert "report_exported" in words
    assert StaleCustomer.objects.filter(customer_id=ada.pk).exists()


def test_the_same_batch_again_adds_nothing(ada):
    batch = {"events": [event(1), event(2)]}

    first, second = post(api(*WRITE), batch).json(), post(api(*WRITE), batch).json()

    assert (first["new"], second["new"], second["accepted"]) == (2, 0, 2)
    assert Event.objects.count() == 2


def test_bad_ones_are_told_by_place_and_the_good_ones_kept(ada):
    soon = (timezone.now() + timedelta(days=2)).isoformat()
    bad = [
        (event(10, name=""), ["name"]),
        (event(11, customer_id=None), ["customer_id"]),
        (event(12, occurred_at="yesterday"), ["occurred_at"]),
        (event(13, occurred_at="2026-06-01T09:30:00"), ["occurred_at"]),
        (event(14, occurred_at=soon), ["occurred_at"]),
        (event(15, occurred_at="0001-01-01T00:00:00+10:00"), ["occurred_at"]),
        (event(16, properties={"a": {"b": 1}}), ["properties", "a"]),
        (event(17, properties={"a": "x" * 9_000}), ["properties"]),
        (event(18, nmae="x"), ["nmae"]),
        (event(19, email="nobody"), ["email"]),
        (event(id=None), ["id"]),
        ("text", []),
    ]

    answer = post(api(*WRITE), {"events": [event(1), *(one for one, _ in bad), event(2)]}).json()

    assert (answer["accepted"], answer["new"]) == (2, 2)
    told = [fault["path"] for fault in answer["errors"]]
    assert told == [["events", place + 1, *path] for place, (_, path) in enumerate(bad)]
    assert sorted(Event.objects.values_list("external_id", flat=True)) == ["e1", "e2"]


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"events": []},
        {"events": [event()] * 1_001},
        {"events": [event()], "sauce": "till"},
        {"events": [event()], "source": "nowhere"},
        {"events": [event(name="")]},
        event(name=""),
        {},
    ],
)
def test_what_cannot_be_taken_at_all_is_a_400_and_writes_nothing(ada, body):
    answer = post(api(*WRITE), body)

    assert answer.status_code == 400
    assert answer.json()["errors"]
    assert not Event.objects.exists()


def test_an_unknown_id_makes_a_customer_and_an_unknown_shop_a_source(tenant):
    bring_up_to_date(on=timezone.localdate(timezone=connection.tenant.zone))

    answer = post(api(*WRITE), event(email="new@shop.test"))

    assert answer.json()["new"] == 1
    assert Customer.objects.get().email == "new@shop.test"
    assert DataSource.objects.get().key == "api"


def test_only_keys_with_the_scope_may_and_a_strangers_key_is_unknown(other_tenant, ada):
    secret = new_key(*WRITE)[1]

    assert post(api("segments:read"), event()).status_code == 403
    assert post(client_of(secret, host="globex.localhost"), event()).status_code == 401
    assert not Event.objects.exists()


def test_a_thousand_events_of_as_many_people_land_in_seconds(ada):
    batch = {"events": [event(number, customer_id=f"P{number}") for number in range(1_000)]}

    began = time.monotonic()
    answer = post(api(*WRITE), batch)

    assert answer.json()["new"] == 1_000
    assert time.monotonic() - began < 10  # some 0.5 s when nothing else runs
