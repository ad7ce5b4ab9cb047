"""Encrypted requests go to the checked number while the certificate is asked for the name."""

import datetime as dt
import socket
import ssl

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tenants.http import Client, Unreachable
from tests.sink import Sink


def certificate(folder, name: str) -> str:
    """Write a self-signed certificate of `name` with its key; return the file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    kind = serialization.PrivateFormat.PKCS8
    path = folder / f"{name}.pem"
    path.write_bytes(key.private_bytes(pem, kind, plain) + made.public_bytes(pem))
    return str(path)


@pytest.fixture
def encrypted(settings, monkeypatch, tmp_path):
    """A receiver called hook.example, whose certificate says the name that is asked for."""
    settings.WEBHOOKS_ALLOW_LOOPBACK = True
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *a, **k: real("127.0.0.1", *a, **k))
    opened = []

    def start(name: str, *, is_trusted: bool) -> str:
        receiver, path = Sink(), certificate(tmp_path, name)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(path)
        receiver.server.socket = context.wrap_socket(receiver.server.socket, server_side=True)
        if is_trusted:
            monkeypatch.setattr(requests.adapters, "DEFAULT_CA_BUNDLE_PATH", path)
        opened.append(receiver)
        return f"https://hook.example:{receiver.server.server_port}/hook"

    yield start
    for receiver in opened:
        receiver.close()


def test_a_valid_certificate_of_the_name_is_accepted(encrypted):
    with Client(encrypted("hook.example", is_trusted=True)) as client:
        assert client.post(b"{}", headers={}).status == 200


@pytest.mark.parametrize(("name", "is_trusted"), [("hook.example", False), ("other.example", True)])
def test_any_other_certificate_is_refused_in_words(encrypted, name, is_trusted):
    with (
        Client(encrypted(name, is_trusted=is_trusted)) as client,
        pytest.raises(Unreachable, match="no valid certificate"),
    ):
        client.post(b"{}", headers={})
