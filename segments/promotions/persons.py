"""Whom a caller means: by our number, a source's id, Shopify's id, or an e-mail address."""

import hashlib
from dataclasses import dataclass

from commerce.text import fold

SHOPIFY = "gid://shopify/Customer/"
LONGEST = 254


@dataclass(frozen=True)
class Person:
    """One way to name somebody: `kind` is number, source, shopify or email."""

    kind: str
    text: str
    source: str = ""  # whose id it is; "" is the shop's primary source

    @property
    def guest_key(self) -> str:
        """Return what the uses of somebody the store does not know are counted under."""
        if self.kind == "email":
            return self.text
        named = f"{self.kind}:{self.source}:{self.text}"
        return "#" + hashlib.sha256(named.encode()).hexdigest()


def by_number(number: int) -> Person:
    """Name somebody by our own id."""
    return Person("number", str(number))


def by_source(text: str, *, source: str = "") -> Person:
    """Name somebody by a source's id, the primary source's if none is said."""
    return Person("source", text.strip(), source)


def by_shopify(text: str) -> Person:
    """Name somebody by Shopify's id, the number alone or the whole gid."""
    return Person("shopify", text.strip().removeprefix(SHOPIFY))


def by_email(text: str) -> Person:
    """Name somebody by their e-mail address."""
    return Person("email", fold(text))
