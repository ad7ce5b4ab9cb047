"""What people type or paste for a creator's name on a platform, read as that name."""

import re
from urllib.parse import unquote, urlsplit

from commerce.text import fold
from samples.models import Platform

HOSTS = {
    "tiktok.com": Platform.TIKTOK,
    "instagram.com": Platform.INSTAGRAM,
    "youtube.com": Platform.YOUTUBE,
    "youtu.be": Platform.YOUTUBE,
}
# Parts of a profile's address that stand before its name.
BEFORE_NAME = frozenset(["c", "user", "channel"])
NAME = re.compile(r"[\w.\-]{1,100}")


def platform_of(link: str) -> Platform:
    """Return the platform whose address `link` is."""
    host = (urlsplit(link).hostname or "").lower()
    for known, platform in HOSTS.items():
        if host == known or host.endswith(f".{known}"):
            return platform
    return Platform.OTHER


def handle_of(text: str) -> str:
    """Return the name in “@name”, “name” or a profile's address; raise ValueError in words."""
    shown = text.strip()
    if re.match(r"(?i)https?://", shown):
        parts = [part for part in unquote(urlsplit(shown).path).split("/") if part]
        named = [part for part in parts if part.startswith("@")]
        rest = [part for part in parts if part.lower() not in BEFORE_NAME]
        shown = (named or rest or [""])[0]
    shown = shown.lstrip("@").strip()
    if not NAME.fullmatch(fold(shown)):
        raise ValueError(f"“{text.strip()[:60]}” is no handle. Write it like @name.")
    return shown


def handle_key(handle: str) -> str:
    """Return the form in which handles are compared."""
    return fold(handle.strip().lstrip("@"))[:100]
