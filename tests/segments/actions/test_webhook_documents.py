"""docs/api.md on webhooks: what it shows checks what Strata sends."""

import os
import re
import subprocess
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from segments.actions import signing, triggers
from segments.actions.dispatching import dispatch_all
from segments.models import MembershipChange
from tenants.effect_sending import send_page
from tests.commerce.factories import CustomerFactory
from tests.segments.actions.facts import make_trigger

TEXT = (Path(__file__).parents[3] / "docs" / "api.md").read_text().partition("## Webhooks")[2]


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
    (command,) = re.findall(r"```sh\n(.*?)```", TEXT.partition("## Commands")[0], re.S)
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
