"""The address a request comes from, as far as our own proxies can vouch for it."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "0.0.0.0"  # noqa: S104  # a unix socket tells no address


def client_ip(request: HttpRequest) -> str:
    """Return the address the outermost of `TRUSTED_PROXIES` proxies saw.

    Each proxy appends what it saw to X-Forwarded-For; whatever stands further left is the client's
    own claim and is never read.
    """
    seen = [request.META.get("REMOTE_ADDR") or UNKNOWN]
    if settings.TRUSTED_PROXIES:
        claimed = request.headers.get("x-forwarded-for", "")
        seen = [one for one in claimed.split(",") if one.strip()] + seen
        seen = seen[-1 - settings.TRUSTED_PROXIES :]
    try:
        return str(ipaddress.ip_address(seen[0].strip()))
    except ValueError:
        return UNKNOWN
