"""Apps, their tokens, and how they get them: every way that Shopify grants one."""

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Any

from integrations.sandbox.shopify.clock import Clock
from integrations.sandbox.shopify.plan import SCOPES

HOUR, DAY = 3_600, 86_400
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"


@dataclass
class App:
    """An app of the platform: what it proves itself with."""

    client_id: str = "sandbox-app"
    secret: str = "sandbox-app-secret"  # noqa: S105 (of a server on this machine)
    old_secret: str = "sandbox-app-old-secret"  # noqa: S105
    scopes: tuple[str, ...] = SCOPES


@dataclass
class Token:
    """What stands in X-Shopify-Access-Token; `expires_at` is None for one that lasts."""

    value: str
    app: App
    shop: str
    scopes: tuple[str, ...]
    expires_at: float | None = None
    refresh: str = ""
    replaces: str = ""  # the refresh token before, good until this token is first used


class GrantRefusedError(Exception):
    """A token call that is answered with 400."""

    def __init__(self, error: str, words: str) -> None:
        super().__init__(words)
        self.error, self.words = error, words


@dataclass
class Access:
    """All apps, codes and tokens; values are counted, so that a run repeats itself."""

    clock: Clock
    apps: dict[str, App] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    codes: dict[str, tuple[App, str, tuple[str, ...]]] = field(default_factory=dict)
    refreshes: dict[str, Token] = field(default_factory=dict)
    granted: int = 0

    def add_app(self, app: App) -> App:
        """Let an app be known."""
        self.apps[app.client_id] = app
        return app

    def add_token(self, token: Token) -> Token:
        """Let a token be good."""
        self.tokens[token.value] = token
        return token

    def revoke(self, value: str) -> None:
        """Let a token be good no more."""
        self.tokens.pop(value, None)

    def token(self, value: str, *, shop: str) -> Token | None:
        """Return a token that is good for a shop now; the first use ends the one before."""
        token = self.tokens.get(value)
        if token is None or token.shop != shop:
            return None
        if token.expires_at is not None and token.expires_at <= self.clock.now():
            return None
        if token.replaces:
            self.refreshes.pop(token.replaces, None)
            token.replaces = ""
        return token

    def give_code(self, app: App, *, shop: str, scopes: tuple[str, ...]) -> str:
        """Return a code that is good for one exchange."""
        code = self._value("code")
        self.codes[code] = (app, shop, scopes)
        return code

    def exchange(self, asked: dict[str, Any], *, shop: str) -> dict[str, Any]:
        """Answer a call for a token; raises GrantRefusedError."""
        app = self.apps.get(str(asked.get("client_id")))
        secret = str(asked.get("client_secret"))
        if app is None or not hmac.compare_digest(secret, app.secret):
            raise GrantRefusedError("invalid_client", "The client could not be authenticated.")
        grant = asked.get("grant_type") or "authorization_code"
        is_short = str(asked.get("expiring", "")) in ("1", "true", "True")
        if grant == "authorization_code":
            known, where, scopes = self.codes.pop(str(asked.get("code")), (None, "", ()))
            if known is not app or where != shop:
                raise GrantRefusedError("invalid_request", "The authorization code was not found.")
            return self._grant(app, shop=shop, scopes=scopes, is_short=is_short)
        if grant == "client_credentials":
            return self._grant(app, shop=shop, scopes=app.scopes, life=DAY - 1)
        if grant == "refresh_token":
            return self._refresh(app, str(asked.get("refresh_token")), shop=shop)
        if grant == EXCHANGE:
            old = self.tokens.get(str(asked.get("subject_token")))
            if old is None or old.shop != shop:
                raise GrantRefusedError("invalid_subject_token", "The token is not good here.")
            return self._grant(app, shop=shop, scopes=old.scopes, is_short=is_short)
        raise GrantRefusedError("unsupported_grant_type", "This way of asking is not known.")

    def _refresh(self, app: App, value: str, *, shop: str) -> dict[str, Any]:
        old = self.refreshes.get(value)
        if old is None or old.app is not app or old.shop != shop:
            raise GrantRefusedError("invalid_grant", "The refresh token is not good any more.")
        return self._grant(app, shop=shop, scopes=old.scopes, is_short=True, replaces=value)

    def _grant(
        self,
        app: App,
        *,
        shop: str,
        scopes: tuple[str, ...],
        is_short: bool = False,
        life: int | None = None,
        replaces: str = "",
    ) -> dict[str, Any]:
        life = HOUR if is_short else life
        token = Token(self._value("shpat"), app, shop, scopes, replaces=replaces)
        told: dict[str, Any] = {"access_token": token.value, "scope": ",".join(scopes)}
        if life is not None:
            token.expires_at = self.clock.now() + life
            told["expires_in"] = life
        if is_short:
            token.refresh = self._value("shprt")
            self.refreshes[token.refresh] = token
            told |= {"refresh_token": token.refresh, "refresh_token_expires_in": 90 * DAY}
        self.add_token(token)
        return told

    def _value(self, kind: str) -> str:
        self.granted += 1
        return f"{kind}_{hashlib.sha256(f'{kind}{self.granted}'.encode()).hexdigest()[:32]}"
