"""The base of a preview's shares: counted once a minute, each merchant's apart."""

from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection

from commerce.models import CustomerMetrics
from segments.base import KEY, base_figures
from tests.commerce.factories import CustomerFactory


@pytest.fixture
def kept(tenant, settings):
    settings.BASE_FIGURES_SECONDS = 60
    cache.delete(KEY)
    yield
    connection.set_tenant(tenant)
    cache.delete(KEY)


def add_customer(*, spent: int) -> None:
    CustomerMetrics.objects.update_or_create(customer=CustomerFactory(), defaults={"spent": spent})


def test_it_is_counted_once_a_minute(kept, django_assert_num_queries):
    add_customer(spent=50)
    assert base_figures() == (1, Decimal(50))
    add_customer(spent=30)

    with django_assert_num_queries(0):
        assert base_figures() == (1, Decimal(50))


def test_the_merchant_next_door_has_its_own(kept, other_tenant, tenant):
    connection.set_tenant(tenant)
    add_customer(spent=50)
    base_figures()

    connection.set_tenant(other_tenant)
    theirs = base_figures()
    cache.delete(KEY)

    assert theirs == (0, Decimal(0))


def test_without_redis_it_is_counted_each_time(tenant, settings):
    settings.BASE_FIGURES_SECONDS = 60
    add_customer(spent=50)
    settings.CACHES = settings.CACHES | {
        "default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:9/0"}
    }

    assert base_figures() == (1, Decimal(50))
