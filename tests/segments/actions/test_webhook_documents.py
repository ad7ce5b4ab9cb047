"""docs/api.md on webhooks: what it shows checks what Strata sends."""

import json
import os
import re
import shutil
import subprocess
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import sync_playwright

from segments.actions import signing, triggers
from segments.actions.dispatching import dispatch_all
from segments.models import MembershipChange
from tenants.effect_sending import send_page
from tests.commerce.factories import CustomerFactory
from tests.segments.actions.facts import make_trigger

TEXT = (Path(__file__).parents[3] / "docs" / "api.md").read_text().partition("## Webhooks")[2]

SHELL = re.findall(r"```sh\n(.*?)```", TEXT.partition("## ")[0], re.S)
(SCRIPT,) = re.findall(r"```js\n(.*?)```", TEXT, re.S)
ASK = """
const [secret, header, hex] = %s;
const body = Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
"""


@pytest.fixture
def is_ours():
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.S)
    names = {}
    exec(code, names)
    return names["is_ours"]


@pytest.fixture
def delivered(segment, sink):
    """A request as a receiver gets it, and the trigger."""
    trigger = make_trigger(segment, kind="webhook", options={"url": sink.url})

    def send(at=None):
        moment = at or timezone.now()
        row = {"segment": segment, "entered": True, "cause": "data", "at": moment}
        MembershipChange.objects.create(customer=CustomerFactory(), **row)
        dispatch_all(at=moment)
        send_page(trigger.consumer, at=moment)
        headers, body = sink.received[-1]
        return headers[signing.HEADER], body

    return trigger, send


def test_the_shown_function_knows_what_is_ours(delivered, is_ours):
    trigger, send = delivered
    header, body = send()

    assert is_ours(trigger.secret, header, body)
    assert not is_ours(trigger.secret, header, body + b" ")
    assert not is_ours("whsec_other", header, body)
    assert not is_ours(trigger.secret, "v1=abc", body)


def test_what_is_old_is_refused(delivered, is_ours):
    trigger, send = delivered
    header, body = send(at=timezone.now() - timedelta(minutes=6))

    assert not is_ours(trigger.secret, header, body)


def test_both_secrets_are_good_for_two_days_after_a_change(delivered, is_ours):
    trigger, send = delivered
    old = trigger.secret
    triggers.new_secret(trigger, by=None, at=timezone.now())
    header, body = send()

    assert is_ours(old, header, body)
    assert is_ours(trigger.secret, header, body)


def test_the_shown_command_prints_the_signature(delivered, tmp_path):
    trigger, send = delivered
    header, body = send()
    (tmp_path / "body.json").write_bytes(body)
    command = SHELL[0]
    seconds, mark = (part.partition("=")[2] for part in header.split(","))

    found = subprocess.run(
        ["sh", "-c", command],
        cwd=tmp_path,
        env=os.environ | {"T": seconds, "SECRET": trigger.secret},
        capture_output=True,
        text=True,
        check=True,
    )

    assert found.stdout.strip() == mark
    assert abs(time.time() - int(seconds)) < 60


@pytest.fixture
def is_ours_in_js():
    """The shown function, in Node; in Chromium where there is no Node 20."""
    node = shutil.which("node")
    version = subprocess.run([node, "--version"], capture_output=True, text=True) if node else None
    has_node = version is not None and int(version.stdout[1:].split(".")[0]) >= 20

    def ask(secret, header, body):
        asked = SCRIPT + ASK % json.dumps([secret, header, body.hex()])
        if has_node:
            code = f"{asked} isOurs(secret, header, body).then((one) => console.log(one));"
            done = subprocess.run([node, "-e", code], capture_output=True, text=True, check=True)
            return done.stdout.strip() == "true"
        return in_chromium(f"async () => {{ {asked} return await isOurs(secret, header, body); }}")

    return ask


def in_chromium(code):
    """Run a function in a page of this machine: Web Crypto wants a secure context."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or ""
    if not path:
        pytest.skip("neither Node nor Chromium on this machine")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page()
        page.route(
            "http://localhost/", lambda route: route.fulfill(body="", content_type="text/html")
        )
        page.goto("http://localhost/")
        found = page.evaluate(code)
        browser.close()
    return found


def test_the_shown_javascript_knows_what_is_ours(delivered, is_ours_in_js):
    trigger, send = delivered
    header, body = send()

    assert is_ours_in_js(trigger.secret, header, body) is True
    assert is_ours_in_js(trigger.secret, header, body + b" ") is False
    assert is_ours_in_js("whsec_other", header, body) is False
    assert is_ours_in_js(trigger.secret, "v1=abc", body) is False


def test_the_shown_curl_sends_what_the_receiver_takes_for_ours(sink, is_ours):
    if not shutil.which("curl"):
        pytest.skip("no curl on this machine")
    env = os.environ | {"SECRET": "whsec_mine", "RECEIVER": sink.url}

    subprocess.run(["sh", "-c", SHELL[1]], env=env, capture_output=True, check=True)

    headers, body = sink.received[-1]
    assert is_ours("whsec_mine", headers[signing.HEADER], body)
    assert json.loads(body)["type"] == headers[signing.TYPE] == "segment.entered"
