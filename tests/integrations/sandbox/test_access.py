"""Tokens of the sandbox: who gets one, how long it is good, what it opens."""

import hashlib
import hmac
from urllib.parse import parse_qs, urlsplit

import pytest

from integrations.sandbox.shopify.access import EXCHANGE

APP = {"client_id": "sandbox-app", "client_secret": "sandbox-app-secret"}
NAME = "{ shop { name } }"


def token(shopify, **asked) -> tuple[int, dict]:
    status, _, told = shopify.send("POST", "/admin/oauth/access_token", APP | asked)
    return status, told


def works(shopify, value: str) -> bool:
    return "data" in shopify.ask(NAME, token=value)


def installed(shopify, **asked) -> dict[str, str]:
    """Walk through the page of the merchant and return what the app is told."""
    query = "client_id=sandbox-app&scope=read_customers,read_orders&state=s1"
    path = f"/admin/oauth/authorize?{query}&redirect_uri=https://app.test/back"
    page = shopify.send("GET", path)
    status, headers, _ = shopify.send("POST", path)
    assert page[0] == 200
    assert b"read_customers" in page[2]
    assert status == 302
    return {key: values[0] for key, values in parse_qs(urlsplit(headers["Location"]).query).items()}


def test_an_installed_app_is_given_a_code_with_a_signature(shopify):
    told = installed(shopify)

    rest = "&".join(f"{key}={told[key]}" for key in sorted(told) if key != "hmac")
    digest = hmac.new(b"sandbox-app-secret", rest.encode(), hashlib.sha256).hexdigest()
    assert told["hmac"] == digest
    assert (told["shop"], told["state"]) == (shopify.domain, "s1")


def test_a_code_is_good_for_one_token_that_lasts(shopify):
    code = installed(shopify)["code"]

    status, told = token(shopify, code=code)
    again = token(shopify, code=code)

    assert (status, told["scope"]) == (200, "read_customers,read_orders")
    assert sorted(told) == ["access_token", "scope"]
    assert works(shopify, told["access_token"])
    assert again == (
        400,
        {"error": "invalid_request", "error_description": "The authorization code was not found."},
    )


def test_an_expiring_token_ends_after_an_hour_and_is_refreshed(shopify):
    _, told = token(shopify, code=installed(shopify)["code"], expiring="1")
    shopify.clock.advance(3_601)
    was_good = works(shopify, told["access_token"])
    refresh = {"grant_type": "refresh_token", "refresh_token": told["refresh_token"]}
    _, new = token(shopify, **refresh)

    assert told["expires_in"] == 3_600
    assert not was_good
    assert works(shopify, new["access_token"])


def test_a_refresh_token_is_good_until_its_successor_is_used(shopify):
    _, told = token(shopify, code=installed(shopify)["code"], expiring=1)
    refresh = {"grant_type": "refresh_token", "refresh_token": told["refresh_token"]}
    lost = token(shopify, **refresh)
    status, new = token(shopify, **refresh)
    works(shopify, new["access_token"])

    assert (lost[0], status) == (200, 200)
    assert token(shopify, **refresh)[1]["error"] == "invalid_grant"


def test_client_credentials_give_a_day(shopify):
    _, told = token(shopify, grant_type="client_credentials")
    good = works(shopify, told["access_token"])
    shopify.clock.advance(86_400)

    assert (told["expires_in"], good) == (86_399, True)
    assert not works(shopify, told["access_token"])


def test_a_lasting_token_is_exchanged_for_an_expiring_one(shopify):
    status, told = token(shopify, grant_type=EXCHANGE, subject_token=shopify.token, expiring="1")

    assert (status, told["expires_in"]) == (200, 3_600)


@pytest.mark.parametrize("asked", [{"client_secret": "wrong"}, {"client_id": "nobody"}])
def test_a_stranger_is_given_no_token(shopify, asked):
    status, told = token(shopify, grant_type="client_credentials", **asked)

    assert (status, told["error"]) == (400, "invalid_client")


def test_a_wrong_token_is_answered_with_a_text(shopify):
    told = {"X_Shopify_Access_Token": "shpat_wrong"}
    status, _, body = shopify.send(
        "POST", "/admin/api/2026-10/graphql.json", {"query": NAME}, **told
    )

    assert status == 401
    assert body["errors"].startswith("[API] Invalid API key or access token")


def test_another_shop_is_not_there(shopify):
    status, _, body = shopify.send("POST", "/admin/api/2026-10/graphql.json", {}, Host="x.test")

    assert (status, body) == (404, {"errors": "Not Found"})


def test_an_older_version_falls_forward(shopify):
    told = {"X_Shopify_Access_Token": shopify.token}
    status, headers, body = shopify.send(
        "POST", "/admin/api/2024-01/graphql.json", {"query": NAME}, **told
    )

    assert (status, headers["X-Shopify-API-Version"]) == (200, "2026-10")
    assert body["data"] == {"shop": {"name": "Fernhollow Organics"}}
