"""Service keys: made, shown once, found by prefix, bounded by scopes, replaced and ended."""

from datetime import timedelta

import pytest
from auditlog.models import LogEntry
from django.db import connection
from django.utils import timezone

from config.logging import redact
from tenants.access.models import ServiceKey
from tenants.access.service_keys import UnusableError, open_with, replace_key, revoke_key
from tenants.web.addresses import offered_scopes
from tests.tenants.api_keys import client_of, new_key

PAGE = "/admin/service-keys/"
SEGMENTS = "/api/v1/segments/"
NOW = timezone.now()


def refusal(secret, *, host="acme.localhost", path=SEGMENTS):
    response = client_of(secret, host=host).get(path)
    return response.status_code, response.json()["detail"]


def test_a_key_opens_what_its_scopes_say(tenant):
    _, secret = new_key("segments:read")

    assert client_of(secret).get(SEGMENTS).status_code == 200


def test_only_a_hash_is_kept(tenant):
    key, secret = new_key("segments:read")

    with connection.cursor() as cursor:
        cursor.execute("SELECT k::text FROM access_servicekey k")
        row = cursor.fetchone()[0]

    assert secret.split("_")[2] not in row
    assert key.prefix in row


def test_a_key_lacking_the_scope_is_told_which(tenant):
    _, secret = new_key("customers:read")

    assert refusal(secret) == (403, "This key lacks the scope segments:read.")


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda secret: secret[:-1] + ("0" if secret[-1] != "0" else "1"),
        lambda secret: secret[:-1],
        lambda secret: secret + "0",
        lambda secret: secret.upper(),
        lambda secret: "strata_000000000000" + secret[19:],
        lambda secret: "é",
        lambda secret: "",
    ],
)
def test_a_key_that_is_not_whole_opens_nothing(tenant, spoilt):
    key, secret = new_key("segments:read")

    status, words = refusal(spoilt(secret))

    assert (status, words) == (401, "This key is unknown here. Check that it was copied whole.")
    key.refresh_from_db()
    assert key.last_used_at is None


def test_a_revoked_key_is_refused_at_once(tenant):
    key, secret = new_key("segments:read")

    revoke_key(key, at=NOW, by=None)

    assert refusal(secret) == (
        401,
        "This key was revoked. Ask the shop's owner for another one.",
    )


def test_a_key_ends_at_its_moment(tenant):
    _, secret = new_key("segments:read", expires_at=NOW)

    assert open_with(secret, at=NOW - timedelta(seconds=1))
    with pytest.raises(UnusableError, match="has expired"):
        open_with(secret, at=NOW)
    assert refusal(secret)[0] == 401


def test_a_key_of_the_merchant_next_door_is_unknown(tenant, other_tenant):
    connection.set_tenant(other_tenant)
    _, secret = new_key("segments:read")
    connection.set_tenant(tenant)

    assert refusal(secret) == (401, "This key is unknown here. Check that it was copied whole.")


def test_the_last_use_is_written_once_a_minute(tenant):
    key, secret = new_key("segments:read")
    seen = []

    for seconds in (0, 59, 60):
        open_with(secret, at=NOW + timedelta(seconds=seconds))
        key.refresh_from_db()
        seen.append(key.last_used_at)

    assert seen == [NOW, NOW, NOW + timedelta(seconds=60)]


def test_replacing_a_key_lets_both_work_for_a_while(tenant):
    old, secret = new_key("segments:read", "customers:read", per_minute=70)

    new, other = replace_key(old, overlap=timedelta(hours=1), at=NOW, by=None)

    later = NOW + timedelta(hours=1)
    assert (new.scopes, new.per_minute, new.expires_at) == (old.scopes, 70, None)
    assert open_with(secret, at=NOW).pk == old.pk
    with pytest.raises(UnusableError):
        open_with(secret, at=later)
    assert open_with(other, at=later).pk == new.pk


def test_replacing_lengthens_no_life(tenant):
    soon = NOW + timedelta(minutes=5)
    old, _ = new_key("segments:read", expires_at=soon)

    replace_key(old, overlap=timedelta(hours=1), at=NOW, by=None)

    old.refresh_from_db()
    assert old.expires_at == soon


def test_a_key_that_ended_cannot_be_replaced(tenant):
    old, _ = new_key("segments:read", expires_at=NOW)

    with pytest.raises(UnusableError, match="ended already"):
        replace_key(old, overlap=timedelta(0), at=NOW, by=None)

    assert ServiceKey.objects.count() == 1


def test_the_owner_makes_a_key_and_sees_it_once(owner):
    sent = {"label": "Website", "scopes": ["segments:read"], "days": "30", "per_minute": ""}

    made = owner.post(PAGE, sent)
    again = owner.get(PAGE)

    key, secret = ServiceKey.objects.get(), made.context["secret"]
    assert open_with(secret, at=timezone.now()).pk == key.pk
    assert secret in made.content.decode()
    assert "no-store" in made["Cache-Control"]
    assert secret not in again.content.decode()
    assert f"strata_{key.prefix}…" in again.content.decode()
    days = round((key.expires_at - key.created_at).total_seconds() / 86_400, 3)
    assert (key.per_minute, days) == (600, 30)
    assert key.created_by.username == "owner"


@pytest.mark.parametrize(
    "wrong",
    [
        {"scopes": []},
        {"scopes": ["everything"]},
        {"label": ""},
        {"label": "x" * 81},
        {"days": "5"},
        {"per_minute": "0"},
        {"per_minute": "99999999999"},
    ],
)
def test_a_wrong_form_makes_no_key(owner, wrong):
    sent = {"label": "Website", "scopes": ["segments:read"], "days": "30", "per_minute": ""}

    response = owner.post(PAGE, sent | wrong)

    assert response.status_code == 200
    assert 'role="alert"' in response.content.decode()
    assert not ServiceKey.objects.exists()


def test_the_owner_replaces_changes_and_revokes(owner):
    key, _ = new_key("segments:read")

    replaced = owner.post(PAGE, {"replace": key.pk, "hours": "24"})
    owner.post(f"{PAGE}{key.pk}/", {"what": "rate", "per_minute": "10"})
    owner.post(f"{PAGE}{key.pk}/", {"what": "rate", "per_minute": "x"})
    owner.post(f"{PAGE}{key.pk}/", {"what": "revoke"})

    key.refresh_from_db()
    new = ServiceKey.objects.exclude(pk=key.pk).get()
    assert open_with(replaced.context["secret"], at=timezone.now()) == new
    assert (key.per_minute, key.revoked_at is not None) == (10, True)


def test_every_change_is_audited_without_the_secret(owner):
    made = owner.post(PAGE, {"label": "Web", "scopes": ["segments:read"], "days": "0"})
    key = ServiceKey.objects.get()
    owner.post(PAGE, {"replace": key.pk, "hours": "0"})
    new = ServiceKey.objects.exclude(pk=key.pk).get()
    owner.post(f"{PAGE}{new.pk}/", {"what": "rate", "per_minute": "10"})
    owner.post(f"{PAGE}{new.pk}/", {"what": "revoke"})

    rows = LogEntry.objects.filter(additional_data__prefix__isnull=False).order_by("pk")

    told = [row.additional_data["what"] for row in rows]
    assert told == ["make_key", "replace_key", "make_key", "change_key", "revoke_key"]
    assert {row.actor.username for row in rows} == {"owner"}
    secret = made.context["secret"].split("_")[2]
    assert not any(secret in str(row.additional_data) for row in rows)


def test_the_page_of_no_keys_says_what_they_are_for(owner):
    assert "No keys yet" in owner.get(PAGE).content.decode()


def test_each_offered_scope_is_explained(owner):
    text = owner.get(PAGE).content.decode()

    assert [one.key for one in offered_scopes() if one.help.split(",")[0] not in text] == []
    assert "segments:read" in {one.key for one in offered_scopes()}


@pytest.mark.parametrize("role", ["marketer", "samples_staff", "viewer"])
def test_nobody_but_the_owner_makes_keys(tenant, member, role):
    response = member(role).post(PAGE, {"label": "x", "scopes": ["segments:read"], "days": "0"})

    assert (response.status_code, ServiceKey.objects.exists()) == (403, False)


def test_a_key_in_a_log_line_is_redacted(tenant):
    _, secret = new_key("segments:read")

    for line in (f"sent {secret}", f"authorization: bearer {secret}", f'"{secret}"'):
        assert secret.split("_")[2] not in redact(line)
