"""Requests to addresses of others: bounded, never into private networks, never led astray."""

import re
import socket
import time
from pathlib import Path

import pytest

from tenants import http, public_address
from tenants.http import AddressRefused, Client, Unreachable
from tenants.public_address import destination
from tests.sink import Sink, drip, hang, reset, status


def post(url, body=b"{}"):
    with Client(url) as client:
        return client.post(body, headers={"Content-Type": "application/json"})


@pytest.fixture
def resolve(monkeypatch):
    """Let names resolve to what the test says."""

    def to(*numbers):
        found = [(0, 0, 0, "", (number, 443)) for number in numbers]
        monkeypatch.setattr(public_address.socket, "getaddrinfo", lambda *a, **k: found)

    return to


@pytest.mark.parametrize(
    "number",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "168.63.129.16",
        "0.0.0.0",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "192.0.0.192",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "fd00:ec2::254",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "ff02::1",
    ],
)
def test_nothing_is_sent_into_a_private_network(resolve, number):
    resolve(number)

    with pytest.raises(AddressRefused, match="private network"):
        destination("https://inside.example/hook")


def test_one_private_number_among_public_ones_refuses_the_name(resolve):
    resolve("93.184.215.14", "10.0.0.1")

    with pytest.raises(AddressRefused):
        destination("https://both.example/hook")


def test_a_public_name_is_spoken_to_by_the_number_that_was_checked(resolve):
    resolve("93.184.215.14")

    to = destination("https://shop.example:8443/hook?a=1")

    assert (str(to.ip), to.port, to.host) == ("93.184.215.14", 8443, "shop.example")
    assert http._pinned_url(to) == "https://93.184.215.14:8443/hook?a=1"


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/hook",
        "ftp://shop.example/",
        "file:///etc/passwd",
        "https://",
        "https://user:secret@shop.example/",
        "https://shop.example:25/",
        "https://shop.example:99999/",
        "https://shop.example/ x",
        "javascript:alert(1)",
        "//shop.example/",
        "gopher://shop.example/",
        "https://[::1",
    ],
)
def test_only_plain_encrypted_addresses_are_taken(resolve, url):
    resolve("93.184.215.14")

    with pytest.raises(AddressRefused):
        destination(url)


def test_this_machine_is_refused_unless_the_setting_allows_it(settings):
    receiver = Sink()
    settings.WEBHOOKS_ALLOW_LOOPBACK = False
    with pytest.raises(AddressRefused):
        post(receiver.url)
    settings.WEBHOOKS_ALLOW_LOOPBACK = True

    assert post(receiver.url).status == 200
    assert len(receiver.received) == 1
    receiver.close()


def test_a_name_that_answers_differently_the_second_time_gains_nothing(sink, monkeypatch):
    """The connection is made to the checked number; the name is not asked again."""
    asked = []
    real = socket.getaddrinfo

    def rebinding(host, port, *args, **kwargs):
        if host != "rebind.example":
            return real(host, port, *args, **kwargs)
        asked.append(host)
        return real("127.0.0.1" if len(asked) == 1 else "10.255.255.1", port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    url = sink.url.replace("127.0.0.1", "rebind.example")

    assert post(url).status == 200
    assert asked == ["rebind.example"]
    headers, _ = sink.received[0]
    assert headers["Host"].startswith("rebind.example:")


def test_redirects_are_told_and_not_followed(sink):
    sink.answer = status(302, Location="http://169.254.169.254/latest/")

    assert post(sink.url).status == 302
    assert len(sink.received) == 1


def test_an_answer_is_read_up_to_its_limit(sink):
    sink.answer = status(200, body=b"x" * 1_000_000)

    assert len(post(sink.url).body) == http.MOST_READ


def test_one_that_hangs_is_left(sink, monkeypatch):
    monkeypatch.setattr(http, "READ_SECONDS", 0.3)
    sink.answer = hang(3)

    began = time.monotonic()
    with pytest.raises(Unreachable, match="did not answer"):
        post(sink.url)
    assert time.monotonic() - began < 2


def test_one_that_drips_for_ever_is_cut(sink, monkeypatch):
    monkeypatch.setattr(http, "TOTAL_SECONDS", 0.6)
    sink.answer = drip

    began = time.monotonic()
    with pytest.raises(Unreachable):
        post(sink.url)
    assert time.monotonic() - began < 5


def test_one_that_breaks_off_is_told(sink):
    sink.answer = reset

    with pytest.raises(Unreachable, match="broke the connection off"):
        post(sink.url)


def test_a_closed_port_is_told(sink):
    sink.close()

    with pytest.raises(Unreachable, match="refuses connections"):
        post(sink.url)


def test_an_unknown_name_may_be_tried_again(settings, monkeypatch):
    def fail(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(public_address.socket, "getaddrinfo", fail)

    with pytest.raises(Unreachable, match="not known"):
        post("https://nowhere.example/")


def test_connections_stay_open_between_requests(sink):
    with Client(sink.url) as client:
        ports = {client.post(b"{}", headers={}).status for _ in range(3)}

    assert ports == {200}
    assert len(sink.connections) == 1


def test_the_environment_adds_no_proxy(sink, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    assert post(sink.url).status == 200


def test_nobody_else_uses_requests():
    root = Path(public_address.__file__).parents[1]
    users = [
        path.relative_to(root).as_posix()
        for app in ("tenants", "commerce", "samples", "segments", "integrations", "config")
        for path in (root / app).rglob("*.py")
        if re.search(r"^(import|from) requests\b", path.read_text(), re.M)
    ]

    assert users == ["tenants/http.py"]
