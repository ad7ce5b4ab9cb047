"""Asking a shop for tokens: by code, by client credentials, by refresh token. Knows no model."""

import json
import logging
from dataclasses import dataclass, replace
from typing import Any

from integrations.errors import ReconnectNeeded, TryLater
from integrations.shopify import address
from tenants.http import PLATFORM, AddressRefused, Client, Unreachable

logger = logging.getLogger(__name__)

PATH = "/admin/oauth/access_token"
PATIENCE = replace(PLATFORM, read=15, total=20, most=64 * 1024)


@dataclass(frozen=True)
class Granted:
    """A token and how long it holds; seconds are None for one that does not run out."""

    access_token: str
    scopes: tuple[str, ...]
    seconds: float | None
    refresh_token: str = ""
    refresh_seconds: float | None = None


def by_code(domain: str, *, client_id: str, client_secret: str, code: str) -> Granted:
    """Exchange the code of an installation; the token is renewed from then on."""
    return _ask(domain, client_id, client_secret, {"code": code, "expiring": "1"})


def by_client(domain: str, *, client_id: str, client_secret: str) -> Granted:
    """Get a token as the app itself: for stores of the app's own organisation."""
    return _ask(domain, client_id, client_secret, {"grant_type": "client_credentials"})


def by_refresh(domain: str, *, client_id: str, client_secret: str, refresh_token: str) -> Granted:
    """Exchange the refresh token for a new pair."""
    asked = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    return _ask(domain, client_id, client_secret, asked)


def _ask(domain: str, client_id: str, client_secret: str, asked: dict[str, str]) -> Granted:
    """Ask for a token; raise TryLater or ReconnectNeeded."""
    target = address.at(domain, PATH)
    body = json.dumps({"client_id": client_id, "client_secret": client_secret, **asked}).encode()
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Host": target.host,
    }
    try:
        with Client(target.url, patience=PATIENCE, is_ours=target.is_ours) as http:
            answer = http.post(body, headers=headers)
    except (Unreachable, AddressRefused) as error:
        raise TryLater(f"Shopify did not answer: {error}") from None
    number = str(answer.headers.get("X-Request-Id", ""))[:80]
    logger.info("shopify %s token: HTTP %s, request %s", domain, answer.status, number)
    if answer.status == 429 or answer.status >= 500:
        raise TryLater(f"Shopify gave no token just now (HTTP {answer.status}).")
    try:
        told = json.loads(answer.body)
    except ValueError:
        told = {}
    if answer.status != 200 or not isinstance(told, dict) or not told.get("access_token"):
        raise ReconnectNeeded(_refusal(told, answer.status))
    return _granted(told)


def _refusal(told: Any, status: int) -> str:
    error = str(told.get("error", ""))[:60] if isinstance(told, dict) else ""
    if error in ("invalid_client", "application_cannot_be_found"):
        return "Shopify does not accept the client id and secret. Copy both again from the app."
    if error == "invalid_grant":
        return "The app's access to the store has run out. Reconnect the store."
    if error == "shop_not_permitted":
        return "The app and the store belong to different organisations. Install the app instead."
    if status == 404:
        return "Shopify knows no store of this name."
    return f"Shopify gave no token ({error or f'HTTP {status}'})."


def _granted(told: dict[str, Any]) -> Granted:
    scopes = tuple(
        scope.strip() for scope in str(told.get("scope", "")).split(",") if scope.strip()
    )
    return Granted(
        access_token=str(told["access_token"]),
        scopes=scopes,
        seconds=_seconds(told.get("expires_in")),
        refresh_token=str(told.get("refresh_token") or ""),
        refresh_seconds=_seconds(told.get("refresh_token_expires_in")),
    )


def _seconds(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
