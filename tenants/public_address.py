"""Which addresses of the network we let a merchant make us speak to, against forged requests.

A name is looked up once; the connection is made to the address that was checked, so that a name
which answers differently the second time (rebinding) gains nothing.
"""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Public by number, yet answering from inside a cloud, or hiding an IPv4 address.
NEVER = [
    ipaddress.ip_network(text)
    for text in (
        "168.63.129.16/32",  # a cloud's own service address
        "192.0.0.0/24",
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",
        "2001::/23",  # Teredo and other protocol assignments
        "2002::/16",  # 6to4
    )
]
LEAST_PORT = 1_024  # below it only the web's own


class AddressRefused(Exception):  # noqa: N818 - a state
    """Nothing is sent to this address; the message says why, for the merchant."""


class NameUnknown(Exception):  # noqa: N818 - a state
    """The name does not resolve just now."""


@dataclass(frozen=True)
class Destination:
    """Where a request goes: the address as it was written, and the number it was checked by."""

    parts: SplitResult
    host: str
    port: int
    ip: Address

    @property
    def is_encrypted(self) -> bool:
        return self.parts.scheme == "https"


def destination(url: str, *, is_ours: bool = False) -> Destination:
    """Look `url` up and check it; raise AddressRefused or NameUnknown, in words.

    `is_ours`: the operator wrote it in the settings, so it may lead anywhere.
    """
    if is_ours:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        return Destination(parts, host, port, _look_up(host, port)[0])
    parts, host, port = _read(url)
    addresses = _look_up(host, port)
    for ip in addresses:
        _check(ip, host=host)
    if parts.scheme == "http" and not all(ip.is_loopback for ip in addresses):
        raise AddressRefused("The address begins with http://. Use https://, which is encrypted.")
    return Destination(parts, host, port, addresses[0])


def check_url(url: str) -> None:
    """Refuse what could never be an address of ours, without looking the name up."""
    _read(url)


def _read(url: str) -> tuple[SplitResult, str, int]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise AddressRefused(
            "This is no web address. Write it like https://example.com/hook."
        ) from None
    schemes = ("https", "http") if settings.WEBHOOKS_ALLOW_LOOPBACK else ("https",)
    if parts.scheme not in schemes or not host or any(sign <= " " for sign in url):
        raise AddressRefused("This is no web address. Write it like https://example.com/hook.")
    if "@" in parts.netloc:
        raise AddressRefused("Names and passwords do not belong in the address. Take them out.")
    port = port or (443 if parts.scheme == "https" else 80)
    if port not in (80, 443) and port < LEAST_PORT:
        raise AddressRefused(f"Port {port} is not for web addresses. Use 443.")
    return parts, host, port


def _look_up(host: str, port: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NameUnknown(f"“{host}” is not known in the domain name system.") from None
    return [ipaddress.ip_address(str(entry[4][0]).split("%")[0]) for entry in found]


def _check(ip: Address, *, host: str) -> None:
    """Refuse numbers of machines that are not on the open internet."""
    inner = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    seen: Address = inner or ip
    if seen.is_loopback and settings.WEBHOOKS_ALLOW_LOOPBACK:
        return
    is_inside = not seen.is_global or seen.is_multicast or seen.is_reserved or seen.is_unspecified
    if is_inside or any(seen in network for network in NEVER):
        raise AddressRefused(f"“{host}” leads into a private network. Use a public address.")
