"""Faults on demand, and the control pages that ask for them."""

import socket
import time
from http.client import IncompleteRead, RemoteDisconnected

import pytest

NAME = "{ shop { name } }"
RIGHT = {"shop": {"name": "Fernhollow Organics"}}


def post(shopify, query: str = NAME):
    told = {"X_Shopify_Access_Token": shopify.token}
    return shopify.send("POST", "/admin/api/2026-10/graphql.json", {"query": query}, **told)


@pytest.mark.parametrize("status", [402, 403, 423, 429, 430, 500, 502, 503, 504])
def test_the_next_calls_are_refused_and_then_no_more(shopify, status):
    shopify.sandbox.faults.add("status", status=status, count=2, retry_after="7")

    answers = [post(shopify) for _ in range(3)]

    assert [answer[0] for answer in answers] == [status, status, 200]
    assert answers[0][1]["Retry-After"] == "7"
    assert answers[2][2]["data"] == RIGHT


def test_a_fault_waits_for_the_call_that_fits(shopify):
    shopify.sandbox.faults.add("internal", fits="customersCount", skip=1)
    count = "{ customersCount { count } }"

    answers = [post(shopify, query)[2] for query in (NAME, count, count, count)]

    assert ["errors" in answer for answer in answers] == [False, False, True, False]
    assert answers[2]["errors"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"


def test_throttling_can_be_had_without_emptying_the_bucket(shopify):
    shopify.sandbox.faults.add("throttled")

    refused = post(shopify)[2]

    assert refused["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert post(shopify)[2]["data"] == RIGHT


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("cut", (IncompleteRead, ConnectionResetError)),
        ("reset", (RemoteDisconnected, ConnectionResetError)),
        ("broken", ValueError),
    ],
)
def test_an_answer_can_be_spoilt_on_its_way(shopify, kind, error):
    shopify.sandbox.faults.add(kind)

    with pytest.raises(error):
        post(shopify)
    assert post(shopify)[2]["data"] == RIGHT


def test_an_answer_can_hang_and_drip(shopify):
    shopify.sandbox.faults.add("hang", seconds=0.2)
    shopify.sandbox.faults.add("slow", seconds=0.3)
    start = time.monotonic()
    with pytest.raises((RemoteDisconnected, ConnectionResetError, socket.timeout)):
        post(shopify)
    hung = time.monotonic() - start

    slow = post(shopify)[2]

    assert hung >= 0.2
    assert slow["data"] == RIGHT
    assert time.monotonic() - start >= 0.5


def test_a_value_of_an_answer_can_be_another(shopify):
    shopify.sandbox.faults.add("rewrite", path="data.shop.name", value=None)

    assert post(shopify)[2]["data"] == {"shop": {"name": None}}


def test_a_field_can_be_refused_beside_others(shopify):
    shopify.sandbox.faults.add("denied", path="customersCount")

    answer = post(shopify, "{ shop { name } customersCount { count } }")[2]

    assert answer["data"] == RIGHT | {"customersCount": None}
    assert answer["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"


def test_a_call_can_be_carried_out_and_its_answer_lost(shopify):
    shopify.sandbox.faults.add("status", status=504, is_late=True)
    run = """mutation { bulkOperationRunQuery(groupObjects: false,
      query: "{ customers { edges { node { id } } } }") { bulkOperation { id } } }"""

    status = post(shopify, run)[0]

    assert status == 504
    assert len(shopify.shop.bulk) == 1


def test_everything_can_be_asked_for_over_http(shopify):
    customer = next(shopify.shop.store.customers())["id"]
    faults = shopify.send("POST", "/sandbox/faults", {"kind": "status", "status": 423})
    status = post(shopify)[0]
    clock = shopify.send("POST", "/sandbox/clock", {"advance": 60})
    changed = shopify.send(
        "POST", "/sandbox/changes/change_customer", {"customer_id": customer, "note": "Hello"}
    )
    state = shopify.send("GET", "/sandbox/")

    assert faults[2]["faults"][0]["status"] == 423
    assert status == 423
    assert clock[2] == {"now": "2026-06-18T12:01:00Z"}
    assert changed[2] == {"id": customer}
    assert shopify.shop.store.customer(customer)["note"] == "Hello"
    assert (state[2]["customers"], state[2]["faults"]) == (120, [])


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("faults", {"kind": "earthquake"}),
        ("changes/_tell", {}),
        ("changes/add_order", {"customer_id": "gid://shopify/Customer/1"}),
        ("changes/add_segment", {"name": "x", "query": "shoe_size > 4"}),
        ("settings", {"colour": "red"}),
    ],
)
def test_what_cannot_be_done_is_said(shopify, path, asked):
    status, _, told = shopify.send("POST", f"/sandbox/{path}", asked)

    assert status == 400
    assert told["error"]


def test_a_form_of_a_strange_page_changes_nothing(shopify):
    status, _, told = shopify.send(
        "POST", "/sandbox/faults", {"kind": "status"}, Content_Type="text/plain"
    )

    assert (status, told) == (415, {"error": "Send JSON."})
    assert shopify.sandbox.faults.queue == []
