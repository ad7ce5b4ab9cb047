"""docs/api.md: its examples run as they stand, and it names every address of the API."""

import json
import re
import shlex
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.management import call_command

from commerce.models import CustomerIdentity
from segments.models import Segment
from segments.services import compute_rfm
from tenants.web.addresses import addresses
from tenants.web.scopes import SCOPES
from tests.segments.api_shop import SPENDERS, make_segment, open_shop
from tests.tenants.api_keys import api

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
CURL = re.compile(r"^curl .*?(?<!\\)$", re.M | re.S)
HEADING = re.compile(r"^### `(\w+) /([^`]+)`", re.M)


def examples():
    """Return (method, path, body) of each curl, in the order of the page, deletions last."""
    found = []
    for command in CURL.findall(PAGE.read_text()):
        words = shlex.split(command.replace("\\\n", " "))
        method, body = "GET", None
        for word, value in pairwise(words):
            method = value if word == "-X" else method
            body = value if word == "-d" else body
        # One that goes elsewhere, to a receiver of webhooks, is run by its own tests.
        addresses_ = [word for word in words if word.startswith("$SHOP/")]
        found += [(method, address.removeprefix("$SHOP"), body) for address in addresses_]
    return sorted(found, key=lambda example: example[0] == "DELETE")


def test_every_example_runs(tenant):
    customer = open_shop()[0]
    CustomerIdentity.objects.create(customer=customer, source="csv", external_id="C-1001")
    compute_rfm()
    client = api(*(scope.key for scope in SCOPES))

    for method, path, body in examples():
        send = getattr(client, method.lower())
        options = {} if method == "GET" else {"content_type": "application/json"}
        path = path.replace("/customers/1/", f"/customers/{customer.pk}/")
        response = send(path, body, **options) if body else send(path, **options)
        assert response.status_code in (200, 201, 202, 204), f"{method} {path}: {response.content}"

    assert not Segment.objects.filter(slug="big-spenders").exists()


def test_every_address_is_described():
    told = {
        (method, path.replace("{", "<").replace("}", ">"))
        for method, path in HEADING.findall(PAGE.read_text())
    }

    served = {
        (method, re.sub(r"<\w+:", "<", address.route))
        for address in addresses()
        for method in address.view.scopes
    }

    assert told == served


def test_every_scope_is_described():
    text = PAGE.read_text()

    assert [scope.key for scope in SCOPES if f"`{scope.key}`" not in text] == []


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE", "GET"])
def test_the_examples_show_every_method(method):
    assert method in {one for one, _, _ in examples()}


def test_the_commands_run(tenant, tmp_path, monkeypatch, capsys):
    open_shop()
    make_segment("Big spenders")
    (tmp_path / "rule.json").write_text(json.dumps(SPENDERS))
    monkeypatch.chdir(tmp_path)
    lines = re.findall(r"^python manage.py (.+)$", PAGE.read_text(), re.M)

    for line in lines:
        call_command(*shlex.split(line.replace("--tenant demo", "--tenant acme")))

    assert len(lines) == 3
    assert (tmp_path / "members.csv").exists()
