"""How a webhook is signed, so that its receiver knows it is ours, unchanged and fresh."""

import hashlib
import hmac
import secrets
from datetime import datetime

HEADER, DELIVERY, TYPE = "Strata-Signature", "Strata-Delivery", "Strata-Event"


def new_secret() -> str:
    """Return a secret of 256 random bits."""
    return f"whsec_{secrets.token_urlsafe(32)}"


def signature(body: bytes, *, signed_at: datetime, secrets: list[str]) -> str:
    """Return the header's text: `t=<seconds>,v1=<hex>`, one v1 a secret while two are good.

    Signed is `<seconds>.<body>`, with HMAC-SHA-256 (RFC 2104).
    """
    seconds = str(int(signed_at.timestamp()))
    message = seconds.encode() + b"." + body
    marks = [hmac.new(secret.encode(), message, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={seconds}", *(f"v1={mark}" for mark in marks)])
