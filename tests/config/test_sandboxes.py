"""The platforms that `./strata up` serves beside the application."""

import os
import signal
import subprocess
import time
from http.client import HTTPConnection

import pytest

from config.launcher import fleet, sandboxes
from config.launcher.places import ROOT


def test_each_platform_gets_a_port_and_the_setting_that_leads_there(monkeypatch):
    monkeypatch.delenv("SHOPIFY_BASE_URL", raising=False)

    commands, settings = sandboxes.plan_sandboxes({"PORT": "8000"})

    port = settings["SHOPIFY_BASE_URL"].rpartition(":")[2]
    assert commands["shopify"][1:5] == ["-m", "integrations.sandbox.shopify", "--port", port]
    assert "http://127.0.0.1:8000" in commands["shopify"]


def test_a_platform_somebody_named_is_left_alone(monkeypatch):
    monkeypatch.setenv("SHOPIFY_BASE_URL", "http://127.0.0.1:1")

    commands, settings = sandboxes.plan_sandboxes({"PORT": "8000"})

    assert "shopify" not in commands
    assert "SHOPIFY_BASE_URL" not in settings


def test_every_platform_is_stopped_after_the_application():
    names = [name for name, _ in fleet.STOP_ORDER]

    assert names[: len(fleet.COMMANDS)] == ["beat", "web", "quick", "heavy"]
    assert names[len(fleet.COMMANDS) :] == list(sandboxes.SANDBOXES)


@pytest.fixture
def served(tmp_path, monkeypatch):
    """The sandbox as a process; what it was started with may be started again."""
    monkeypatch.delenv("SHOPIFY_BASE_URL", raising=False)
    commands, _ = sandboxes.plan_sandboxes({"PORT": "1"})
    command = [*commands["shopify"][:5], "--customers", "20", "--since", str(tmp_path / "since")]
    started = []

    def start() -> subprocess.Popen:
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"TMPDIR": str(tmp_path)})
        started.append(process)
        return process

    yield start, int(command[4]), tmp_path
    for process in started:
        process.kill()
        process.wait()


def test_it_serves_as_a_process_and_is_the_same_shop_when_started_again(served):
    start, port, folder = served
    process = start()
    first = first_customer(port)
    process.send_signal(signal.SIGTERM)
    code = process.wait(10)
    left = [path.name for path in folder.iterdir()]
    start()

    assert first_customer(port) == first
    assert code == 0
    assert left == ["since"]  # its files are gone


def first_customer(port: int, *, seconds: float = 60) -> bytes:
    """Ask the process for a customer as soon as it answers."""
    query = b'{"query": "{ customers(first: 1) { nodes { id createdAt displayName } } }"}'
    headers = {"X-Shopify-Access-Token": "shpat_sandbox_static_token"}
    end = time.monotonic() + seconds
    while True:
        client = HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            client.request("POST", "/admin/api/2026-10/graphql.json", query, headers)
            answer = client.getresponse().read()
        except OSError:
            assert time.monotonic() < end
            time.sleep(0.1)
        else:
            return answer.partition(b'"extensions"')[0]
        finally:
            client.close()
