"""Installing an app in a store: where the merchant is sent, and whether who comes back is Shopify.

`state` is random, kept in the person's session, signed with the merchant's schema, good once and
for ten minutes. The callback on the bare domain only sends the browser on to the merchant's host.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core import signing

from integrations.shopify import address
from integrations.shopify.scopes import ASKED

SALT = "strata.shopify.install"
MOST_SECONDS = 600
SESSION_KEY = "shopify_install"


class InstallRefused(Exception):  # noqa: N818 - a state
    """Whoever came back is not to be believed; the message is for the person."""


@dataclass(frozen=True)
class State:
    """What the browser carries to Shopify and back."""

    schema: str
    store: int
    nonce: str


def new_state(*, schema: str, store: int) -> State:
    """Return a state nobody can guess."""
    return State(schema, store, secrets.token_urlsafe(32))


def write_state(state: State) -> str:
    """Return the state, signed, for an address."""
    return signing.dumps([state.schema, state.store, state.nonce], salt=SALT)


def read_state(text: str) -> State:
    """Return what was signed; raise InstallRefused when it was not, or is old."""
    try:
        schema, store, nonce = signing.loads(text, salt=SALT, max_age=MOST_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        raise InstallRefused(
            "This way back from Shopify is not valid any more. Begin with “Install” again."
        ) from None
    return State(str(schema), int(store), str(nonce))


def install_url(domain: str, *, client_id: str, state: State, back_to: str) -> str:
    """Return the page of the shop on which the merchant allows the app."""
    asked = {
        "client_id": client_id,
        "scope": ",".join(ASKED),
        "redirect_uri": back_to,
        "state": write_state(state),
    }
    return address.in_browser(domain, f"/admin/oauth/authorize?{urlencode(asked)}")


def is_signed(query: Mapping[str, Sequence[str]], *, secret: str) -> bool:
    """Say whether Shopify signed these parameters of an address with the app's secret."""
    signatures = query.get("hmac", [])
    if len(signatures) != 1 or not secret:
        return False
    # One value each: Shopify sends no parameter twice, so whoever does is somebody else.
    if any(len(values) != 1 for values in query.values()):
        return False
    message = "&".join(
        f"{_escaped(name, '=')}={_escaped(values[0])}"
        for name, values in sorted(query.items())
        if name not in ("hmac", "signature")
    )
    expected = hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signatures[0].encode())


def _escaped(text: str, more: str = "") -> str:
    for sign in ("%", "&", *more):
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text
