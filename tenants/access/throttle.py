"""Counting tries per merchant in the cache, for doors that guessers knock at.

django-axes holds one person at one address; these hold one address against many people, and many
addresses against one person. The cache keeps each merchant's counts apart.
"""

import hashlib
from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest

from tenants.access.client_ip import client_ip


@dataclass(frozen=True)
class Limit:
    """So many tries in so many seconds, counted from the first."""

    key: str
    tries: int
    seconds: int

    def is_reached(self, who: str) -> bool:
        """Whether `who` has used up the tries."""
        return int(cache.get(self._key(who)) or 0) >= self.tries

    def count(self, who: str) -> None:
        """Add a try of `who`."""
        key = self._key(who)
        if not cache.add(key, 1, timeout=self.seconds):
            try:
                cache.incr(key)
            except ValueError:  # it ran out between the two calls
                cache.add(key, 1, timeout=self.seconds)

    def _key(self, who: str) -> str:
        return f"tries:{self.key}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"


# An office behind one address makes mistakes too; a sprayer makes hundreds.
SIGN_IN_BY_ADDRESS = Limit("sign-in-address", tries=50, seconds=15 * 60)
SIGN_IN_BY_PERSON = Limit("sign-in-person", tries=60, seconds=15 * 60)
RESET_BY_ADDRESS = Limit("reset-address", tries=10, seconds=60 * 60)
INVITATION_BY_ADDRESS = Limit("invitation-address", tries=30, seconds=15 * 60)


def count_failed_sign_in(request: HttpRequest | None, *, name: str) -> None:
    """Count a wrong password against the address and the name."""
    if request is not None:
        SIGN_IN_BY_ADDRESS.count(client_ip(request))
    SIGN_IN_BY_PERSON.count(name)


def is_sign_in_closed(request: HttpRequest, *, name: str) -> bool:
    """Whether no password is looked at for now."""
    return SIGN_IN_BY_ADDRESS.is_reached(client_ip(request)) or SIGN_IN_BY_PERSON.is_reached(name)
