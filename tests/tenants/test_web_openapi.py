"""The API's description: complete, true of what is answered, and for those who may read it."""

import json
import re

import jsonschema
import pytest
from drf_spectacular.validation import validate_schema

from commerce.models import CustomerIdentity
from config.openapi import schema
from segments.services import compute_rfm
from tenants.web.addresses import addresses
from tenants.web.scopes import SCOPES
from tenants.web.telling import TOLD
from tests.segments.api_shop import open_shop
from tests.tenants.api_keys import api
from tests.tenants.test_web_documents import examples

ADDRESS, PAGE = "/api/schema/", "/api/docs/"


@pytest.fixture(scope="module")
def told():
    return schema()


def operations(told):
    return {
        (method.upper(), path): operation
        for path, methods in told["paths"].items()
        for method, operation in methods.items()
        if method in ("get", "post", "put", "patch", "delete")
    }


def as_json_schema(told):
    """Return OpenAPI 3.0's components as JSON Schema: what is nullable may be null."""

    def walk(node):
        if isinstance(node, list):
            return [walk(one) for one in node]
        if not isinstance(node, dict):
            return node
        found = {key: walk(value) for key, value in node.items()}
        if found.pop("nullable", None) is True:
            return {"anyOf": [found, {"type": "null"}]}
        return found

    return walk({"components": told["components"]})


def routes():
    """Return (method, path, view) of every method that is served."""
    return [
        (method, "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", address.route), address.view)
        for address in addresses()
        for method in address.view.scopes
    ]


def described():
    return {(method, path) for method, path, view in routes() if (view, method) in TOLD}


def test_the_description_is_valid_openapi(told):
    validate_schema(told)


def test_every_address_is_in_it_and_described(told):
    served = {(method, path) for method, path, _ in routes()}

    assert set(operations(told)) == served
    # What nobody told of is answered by the view's own serializer.
    untold = [
        (method, path)
        for method, path, view in routes()
        if (view, method) not in TOLD and not hasattr(view, "serializer_class")
    ]
    assert untold == []
    assert len(described()) >= 33


def test_every_operation_says_its_scopes_errors_and_headers(told):
    for (method, path), operation in operations(told).items():
        codes = set(operation["responses"])
        names = {one["name"] for one in operation["parameters"]}
        assert operation["summary"], path
        assert set(operation["x-scopes"]) <= {scope.key for scope in SCOPES}
        assert operation["x-scopes"], path
        assert {"401", "403", "429", "500"} <= codes
        assert ("404" in codes) or "{" not in path
        assert ("Idempotency-Key" in names) is (method != "GET")
        for code, response in operation["responses"].items():
            assert "RateLimit-Remaining" in response["headers"]
            assert ("application/problem+json" in response.get("content", {})) is (code >= "400")


def test_examples_fit_their_own_description(told):
    components = as_json_schema(told)
    shown = 0
    for key, operation in operations(told).items():
        content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        if "example" in content:
            shape = as_json_schema({"components": content["schema"]})["components"]
            jsonschema.validate(content["example"], {**components, **shape})
            shown += 1
        assert "example" in content or not content or key not in described(), key
    assert shown >= 10


def test_answers_are_what_the_description_says(tenant, told):
    customer = open_shop()[0]
    CustomerIdentity.objects.create(customer=customer, source="csv", external_id="C-1001")
    compute_rfm()
    client, components = api(*(scope.key for scope in SCOPES)), as_json_schema(told)
    known, seen, sure = operations(told), set(), described()
    patterns = {key: pattern_of(key[1]) for key in known}

    for method, path, body in examples():
        send = getattr(client, method.lower())
        path = path.replace("/customers/1/", f"/customers/{customer.pk}/")
        options = {} if method == "GET" else {"content_type": "application/json"}
        response = send(path, body, **options) if body else send(path, **options)
        plain = path.split("?")[0]
        key = min(
            (key for key in known if key[0] == method and patterns[key].fullmatch(plain)),
            key=lambda one: one[1].count("{"),
        )
        seen.add(key)
        if key not in sure:
            continue
        answer = known[key]["responses"][str(response.status_code)]
        if content := answer.get("content"):
            shape = as_json_schema({"components": content["application/json"]["schema"]})
            jsonschema.validate(response.json(), {**components, **shape["components"]})

    assert described() <= seen


def pattern_of(path):
    parts = re.split(r"\{\w+\}", path)
    return re.compile("[^/]+".join(re.escape(part) for part in parts))


def test_it_is_for_keys_and_people_of_the_shop(tenant, owner, member, client):
    key = api("events:write")

    assert client.get(ADDRESS, headers={"host": "acme.localhost"}).status_code == 401
    assert key.get(ADDRESS).json()["openapi"].startswith("3.")
    assert json.loads(member("viewer").get(ADDRESS).content) == owner.get(ADDRESS).json()


def test_the_page_shows_every_address_to_people_alone(tenant, owner, client, told):
    shown = owner.get(PAGE).content.decode()
    shut = client.get(PAGE, headers={"host": "acme.localhost"})

    assert (shut.status_code, "/admin/login/" in shut.url) == (302, True)
    missing = [path for path in told["paths"] if f">{path}</code>" not in shown]
    assert missing == []
    assert "<script>" not in shown
    assert not re.search(r'(?:src|href)="https?://', shown)
