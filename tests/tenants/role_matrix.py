"""Reads the table of roles and addresses, and lists the addresses that exist."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

TABLE = Path(__file__).with_suffix(".txt")
TEAM = ("owner", "marketer", "samples_staff", "viewer")
# Django's own addresses that hold nothing of a merchant's, or send everybody on.
SET_ASIDE = {
    *("admin:jsi18n", "admin:login", "admin:logout", "admin:view_on_site", "admin:None"),
    "shopify_webhook",  # knows no sessions: whoever sends signs (tests/integrations/shopify)
}


@dataclass(frozen=True)
class Rule:
    """Who may do what at one address."""

    name: str
    args: tuple[str, ...]
    look: frozenset[str]
    post: frozenset[str]


def rules() -> list[Rule]:
    """Return the lines of the table."""
    lines = (line.split("#")[0].strip() for line in TABLE.read_text().splitlines())
    cells = ([cell.strip() for cell in line.split("|")] for line in lines if line)
    return [
        Rule(name, tuple(args.split()), _who(look), _who(post)) for name, args, look, post in cells
    ]


def _who(text: str) -> frozenset[str]:
    if text == "-":
        return frozenset()
    if text == "anyone":
        return frozenset([*TEAM, "anyone"])
    who = frozenset(TEAM if text == "team" else text.split())
    assert who <= frozenset(TEAM), f"unknown role in the role matrix: {text}"
    return who


def addresses() -> dict[str, int]:
    """Return name → number of arguments of every named address of a merchant's host.

    The API says what it asks for in scopes: tests/tenants/test_web_contract.py holds it.
    """
    found = dict(_walk(get_resolver("config.urls").url_patterns, ""))
    return {
        name: count
        for name, count in found.items()
        if name not in SET_ASIDE and not name.startswith("api:")
    }


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[tuple[str, int]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            space = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from _walk(pattern.url_patterns, prefix + space)
        elif pattern.name:
            yield prefix + pattern.name, pattern.pattern.regex.groups
