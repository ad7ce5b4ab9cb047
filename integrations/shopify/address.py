"""Where a shop is: its domain checked letter by letter, and the addresses made of it.

The domain is the guard against forged requests: nothing but a shop's own name reaches the network.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings

DOMAIN = re.compile(r"[a-z0-9][a-z0-9-]{0,60}\.myshopify\.com")
_ADMIN = re.compile(r"https://admin\.shopify\.com/store/([a-z0-9][a-z0-9-]{0,60})(/.*)?")


class NoShop(ValueError):  # noqa: N818 - a state
    """The text names no shop; the message says how one is written."""


@dataclass(frozen=True)
class Target:
    """An address to speak to, the host it is meant for, and whether the operator chose it."""

    url: str
    host: str
    is_ours: bool


def read_domain(text: str) -> str:
    """Return the shop's domain that a person typed or pasted; raise NoShop."""
    typed = text.strip().lower()
    pasted = _ADMIN.fullmatch(typed)
    if pasted:
        typed = f"{pasted[1]}.myshopify.com"
    typed = typed.removeprefix("https://").removesuffix("/")
    if "." not in typed:
        typed = f"{typed}.myshopify.com"
    if not DOMAIN.fullmatch(typed):
        raise NoShop(
            "This is no address of a Shopify store. It ends in .myshopify.com, like "
            "greenshop.myshopify.com; Shopify shows it under Settings, Domains."
        )
    return typed


def check_domain(domain: str) -> str:
    """Return `domain` when it is a shop's whole domain as stored; raise NoShop."""
    if not DOMAIN.fullmatch(domain):
        raise NoShop("This is no address of a Shopify store.")
    return domain


def at(domain: str, path: str) -> Target:
    """Return where `path` of a shop is asked: there, or at the sandbox the operator has set."""
    check_domain(domain)
    base = settings.SHOPIFY_BASE_URL or f"https://{domain}"
    return Target(base.rstrip("/") + path, domain, bool(settings.SHOPIFY_BASE_URL))


def of_file(url: str) -> Target:
    """Return where a file that a shop named is fetched."""
    base, parts = urlsplit(settings.SHOPIFY_BASE_URL or ""), urlsplit(url)
    is_ours = bool(base.netloc) and parts.netloc == base.netloc
    return Target(urlunsplit(parts), parts.netloc, is_ours)


def in_browser(domain: str, path: str) -> str:
    """Return a page of the shop for a person's browser."""
    target = at(domain, path)
    return target.url
