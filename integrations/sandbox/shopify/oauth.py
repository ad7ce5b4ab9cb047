"""The page on which a merchant lets an app in, and the way back to the app."""

import hashlib
import hmac
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from integrations.sandbox.shopify.access import App
from integrations.sandbox.shopify.execution import Answer

if TYPE_CHECKING:
    from integrations.sandbox.shopify.sandbox import Sandbox
    from integrations.sandbox.shopify.shop import Shop

PAGE = """<!doctype html><title>Sandbox Shopify</title>
<body style="font: 16px sans-serif; margin: 4rem">
<h1>Install this app?</h1><p>{app} asks {shop} for: {scopes}</p>
<form method="post" action="/admin/oauth/authorize?{query}"><button>Install app</button></form>"""


def authorize(
    sandbox: "Sandbox", shop: "Shop", asked: dict[str, list[str]], *, method: str
) -> Answer:
    """Show the question (GET), or answer yes (POST): back to the app with a code and an hmac."""
    told = {key: values[0] for key, values in asked.items()}
    shop = sandbox.shops.get(told.get("shop", ""), shop)
    app = sandbox.access.apps.get(told.get("client_id", ""))
    if app is None or not told.get("redirect_uri"):
        return Answer({"errors": "The app or its redirect_uri is not known."}, status=400)
    scopes = tuple(scope for scope in told.get("scope", "").split(",") if scope) or app.scopes
    if method == "GET" and "approve" not in told:
        words = {"app": app.client_id, "shop": shop.plan.domain, "scopes": ", ".join(scopes)}
        page = PAGE.format(
            query=escape(urlencode(told)), **{key: escape(word) for key, word in words.items()}
        )
        return Answer(page)
    code = sandbox.access.give_code(app, shop=shop.plan.domain, scopes=scopes)
    back = signed(
        app,
        {
            "code": code,
            "shop": shop.plan.domain,
            "state": told.get("state", ""),
            "timestamp": str(int(sandbox.clock.now())),
        },
    )
    joint = "&" if "?" in told["redirect_uri"] else "?"
    return Answer("", 302, {"Location": f"{told['redirect_uri']}{joint}{urlencode(back)}"})


def signed(app: App, told: dict[str, str]) -> dict[str, str]:
    """Return query values with their hmac: hex, over the sorted pairs."""
    text = "&".join(f"{key}={told[key]}" for key in sorted(told))
    digest = hmac.new(app.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return told | {"hmac": digest}
