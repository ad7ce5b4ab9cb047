"""A key is tried before it is kept, and an account that shuts us out is left alone."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from integrations.klaviyo import connecting
from integrations.klaviyo.connecting import Standing
from integrations.models import KlaviyoAccount
from tenants.models import ExternalAccount, TenantJob
from tenants.schedule import ensure_rows
from tests.integrations.klaviyo.conftest import KEY, STRANGERS_KEY
from tests.integrations.klaviyo.world_of_lists import clock_of

State = KlaviyoAccount.State


@pytest.fixture
def connect(klaviyo, speaks, at):
    return lambda key: connecting.connect(key, by=None, at=at, clock=clock_of(klaviyo))


def test_the_account_behind_a_key_is_named_and_the_key_kept_secret(connect):
    account = connect(f"  {KEY} ")

    assert (str(account), account.account_id) == ("Acme Garden", "ACME01")
    assert account.state == State.CONNECTED
    assert (account.timezone, account.currency) == ("Europe/London", "GBP")
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM integrations_klaviyoaccount")
        [(stored,)] = cursor.fetchall()
    assert KEY not in stored
    assert account.key_hint == "•••• 0001"


def test_an_account_without_a_city_connects_too(connect, account):
    account.city = None

    assert connect(KEY).is_connected


@pytest.mark.parametrize("key", ["", "abc123", "pk_", "pk_with spaces in it", "sk_123456789012"])
def test_what_is_no_private_key_is_never_sent(connect, klaviyo, key):
    with pytest.raises(ValidationError, match="begins with pk_"):
        connect(key)

    assert sum(klaviyo.calls.values()) == 0


def test_a_key_klaviyo_does_not_know_is_not_kept(connect):
    with pytest.raises(ValidationError, match="does not accept the key"):
        connect("pk_nobody_knows_this")

    assert not KlaviyoAccount.objects.exists()


def test_a_key_of_another_account_is_refused_before_anything_is_written(connect):
    connect(KEY)

    with pytest.raises(ValidationError, match="belongs to Globex"):
        connect(STRANGERS_KEY)

    assert KlaviyoAccount.objects.get().key == KEY


def test_an_account_of_another_merchant_is_refused(connect, other_tenant, tenant):
    ExternalAccount.objects.create(provider="klaviyo", key="ACME01", tenant=other_tenant)
    connection.set_tenant(tenant)

    with pytest.raises(ValidationError, match="another merchant"):
        connect(KEY)

    assert not KlaviyoAccount.objects.exists()


def test_a_key_that_may_not_read_lists_is_not_kept(connect, klaviyo, account):
    klaviyo.give_key(account, "pk_without_lists", without=("lists:read",))

    with pytest.raises(ValidationError, match="lists:read is missing"):
        connect("pk_without_lists")


def test_what_a_key_lacks_is_told_where_only_a_part_needs_it(connect, klaviyo, account):
    klaviyo.give_key(account, "pk_without_flows", without=("flows:read",))

    assert connect("pk_without_flows").missing_scopes == ["flows:read"]


def schedule(tenant):
    connection.set_schema_to_public()
    rows = TenantJob.objects.filter(tenant=tenant, job="klaviyo")
    due = [row.next_run_at is not None for row in rows]
    connection.set_tenant(tenant)
    return due


def test_nothing_is_scheduled_without_a_key_nor_after_it_was_refused(connect, tenant, at):
    ensure_rows(tenant)
    before = schedule(tenant)
    account = connect(KEY)
    connected = schedule(tenant)

    Standing(account).reconnect_needed("The key was taken back.", at=at)

    account.refresh_from_db()
    assert (before, connected, schedule(tenant)) == ([False], [True], [False])
    assert (account.state, account.state_note) == (State.REVOKED, "The key was taken back.")


def test_disconnecting_forgets_the_key_and_keeps_the_account(connect, tenant, at):
    account = connect(KEY)

    connecting.disconnect(account, by=None, at=at)

    account.refresh_from_db()
    assert (account.key, account.state, account.account_id) == ("", "disconnected", "ACME01")
    assert connect(KEY).is_connected
