"""A Klaviyo to speak to, whose every word is held against the published description."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from django.utils import timezone
from redis import Redis

from integrations.klaviyo import connecting
from integrations.models import KlaviyoAccount
from integrations.sandbox.klaviyo.account import Account
from integrations.sandbox.klaviyo.clock import Clock
from integrations.sandbox.klaviyo.server import serving
from integrations.sandbox.klaviyo.world import REVISION, World
from tests.commerce.factories import CustomerFactory, OrderFactory, bring_up_to_date
from tests.integrations.klaviyo import contract, world_of_lists

KEY, STRANGERS_KEY = "pk_test_of_acme_0001", "pk_test_of_globex_0002"
AT = 1_795_000_000.0  # 18 November 2026


@pytest.fixture(scope="session")
def published():
    """The published description, read once; None where it is not at hand."""
    return contract.load() if contract.SPEC.exists() else None


@pytest.fixture
def klaviyo(published) -> Iterator[World]:
    """Two accounts behind two keys, on a clock that only tests move."""
    world = World(clock=Clock(at=AT))
    world.open_account("ACME01", name="Acme Garden", key=KEY)
    world.open_account("GLOBE2", name="Globex", key=STRANGERS_KEY)
    checks = contract.Contract(published) if published else None
    world.watch = checks.watch if checks else None
    with serving(world):
        yield world
    assert not checks or checks.faults == []


@pytest.fixture
def account(klaviyo) -> Account:
    """Acme's account."""
    return klaviyo.accounts["ACME01"]


@pytest.fixture
def ask(klaviyo) -> Iterator[Callable[..., requests.Response]]:
    """Speak HTTP to the sandbox as any client does."""
    session = requests.Session()

    def asked(
        method: str, path: str, body: Any = None, *, key: str = KEY, **params: Any
    ) -> requests.Response:
        headers = {"Authorization": f"Klaviyo-API-Key {key}", "revision": REVISION}
        url = path if path.startswith("http") else f"{klaviyo.origin}/api{path}"
        return session.request(
            method, url, json=body, params=params.get("params"), headers=headers, timeout=10
        )

    yield asked
    session.close()


@pytest.fixture
def at(klaviyo) -> dt.datetime:
    """The sandbox's moment."""
    return dt.datetime.fromtimestamp(klaviyo.clock.now(), dt.UTC)


@pytest.fixture
def speaks(klaviyo, tenant, settings) -> None:
    """Lead everything that is sent to Klaviyo to the sandbox, with untouched limits."""
    settings.KLAVIYO_BASE_URL = klaviyo.origin
    with Redis.from_url(settings.CACHES["default"]["LOCATION"]) as redis:
        for key in redis.scan_iter(match="*:klaviyo:*"):
            redis.delete(key)


@pytest.fixture
def connected(klaviyo, speaks, at) -> KlaviyoAccount:
    """Acme with a key of its account."""
    clock = world_of_lists.clock_of(klaviyo)
    return connecting.connect(KEY, by=None, at=at, clock=clock)


@pytest.fixture
def sync(klaviyo) -> world_of_lists.Pass:
    """Sync a list to its end, on the sandbox's clock."""
    return world_of_lists.Pass(klaviyo)


@pytest.fixture
def counted(tenant) -> list:
    """Six customers who ordered, so that they count as customers."""
    found = [CustomerFactory(email=f"buyer{n}@example.com") for n in range(6)]
    for one in found:
        OrderFactory(customer=one, placed_at=timezone.now() - dt.timedelta(days=2))
    bring_up_to_date(on=timezone.localdate())
    return found
