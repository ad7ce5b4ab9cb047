"""Content types of two merchants in one process."""

import pytest
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import connection


@pytest.fixture
def never_emptied(monkeypatch):
    """Another thread fills the cache just after it was emptied: as if it never were."""
    monkeypatch.setattr(ContentType.objects, "clear_cache", lambda: None)
    yield
    monkeypatch.undo()
    for schema in ("acme", "globex"):
        connection.set_schema(schema)
        ContentType.objects.clear_cache()


def test_a_number_read_at_globex_is_not_used_at_acme(tenant, other_tenant, never_emptied):
    connection.set_tenant(other_tenant)
    ContentType.objects.get_for_model(User).id = -1
    at_globex = ContentType.objects.get_for_model(User).id

    connection.set_tenant(tenant)
    at_acme = ContentType.objects.get_for_model(User).id

    assert at_globex == -1
    assert at_acme == ContentType.objects.filter(model="user").values_list("id", flat=True).get()
