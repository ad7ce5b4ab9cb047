"""Secrets in the database: opened by the right key in the right schema, and by nothing else."""

import base64
import os

import pytest
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import connection, models
from django.test.utils import isolate_apps

from tenants import secrets
from tenants.secrets import EncryptedTextField, UndecipherableError, decrypt, encrypt, hint

SECRET = "sk-live-0123456789abcdef"


def key() -> str:
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


@pytest.fixture
def vault(tenant):
    """A table with a secret in it, for the length of one test."""
    with isolate_apps("tenants.access"):

        class Vault(models.Model):
            secret = EncryptedTextField(blank=True, null=True)

            class Meta:
                app_label = "access"

        with connection.schema_editor() as editor:
            editor.create_model(Vault)
        yield Vault


def stored(vault) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT secret FROM {vault._meta.db_table}")
        return cursor.fetchone()[0]


def test_a_secret_is_read_back_and_stands_encrypted(vault):
    vault.objects.create(secret=SECRET)

    assert vault.objects.get().secret == SECRET
    assert SECRET not in stored(vault)


@pytest.mark.parametrize("nothing", [None, ""])
def test_nothing_stays_nothing(vault, nothing):
    vault.objects.create(secret=nothing)

    assert vault.objects.get().secret == nothing
    assert vault.objects.filter(secret__isnull=True).count() == (nothing is None)


def test_the_same_secret_never_looks_the_same(tenant):
    assert encrypt(SECRET) != encrypt(SECRET)


def test_a_wrong_key_raises_and_does_not_hand_out_the_ciphertext(vault, settings):
    vault.objects.create(secret=SECRET)
    settings.FIELD_ENCRYPTION_KEYS = [key()]

    with pytest.raises(UndecipherableError, match="acme"):
        vault.objects.get()


def test_another_merchants_ciphertext_is_refused(vault, other_tenant):
    connection.set_tenant(other_tenant)
    theirs = encrypt(SECRET)
    connection.set_schema("acme")

    with pytest.raises(UndecipherableError):
        decrypt(theirs)


@pytest.mark.parametrize(
    "question",
    [
        {"secret": SECRET},
        {"secret__startswith": "sk"},
        {"secret__in": [SECRET]},
        {"secret__gt": "a"},
    ],
    ids=str,
)
def test_searching_is_refused(vault, question):
    with pytest.raises(FieldError, match="cannot be searched"):
        list(vault.objects.filter(**question))


def test_rotation_lets_the_old_key_go(vault, settings, monkeypatch):
    old, new = key(), key()
    settings.FIELD_ENCRYPTION_KEYS = [old]
    vault.objects.create(secret=SECRET)
    vault.objects.create(secret=None)
    monkeypatch.setattr(secrets, "encrypted_fields", lambda: [(vault, "secret")])
    settings.FIELD_ENCRYPTION_KEYS = [new, old]

    count = secrets.rotate_all()

    settings.FIELD_ENCRYPTION_KEYS = [new]
    assert count == 1
    assert vault.objects.filter(secret__isnull=False).get().secret == SECRET


def test_rotation_with_a_missing_key_changes_nothing(vault, settings, monkeypatch):
    vault.objects.create(secret=SECRET)
    before = stored(vault)
    monkeypatch.setattr(secrets, "encrypted_fields", lambda: [(vault, "secret")])
    settings.FIELD_ENCRYPTION_KEYS = [key()]

    with pytest.raises(UndecipherableError):
        secrets.rotate_all()

    assert stored(vault) == before


def test_the_command_says_how_many(tenant, capsys):
    call_command("rotate_keys", tenant="acme")

    assert "secrets stand under the newest key" in capsys.readouterr().out


def test_a_form_never_shows_the_secret_and_keeps_it_when_left_empty(vault):
    from django.forms import modelform_factory

    form_class = modelform_factory(vault, fields=["secret"])
    row = vault.objects.create(secret=SECRET)

    page = form_class(instance=row).as_p()
    form = form_class({"secret": ""}, instance=row)
    form.save()

    assert SECRET not in page
    assert "•••• cdef" in page
    assert vault.objects.get().secret == SECRET
    changed = form_class({"secret": "another-secret-9876"}, instance=row)
    changed.save()
    assert vault.objects.get().secret == "another-secret-9876"


@pytest.mark.parametrize(
    ("secret", "shown"), [(SECRET, "•••• cdef"), ("short-one", "••••"), ("", "••••")]
)
def test_a_hint_shows_four_characters_of_a_long_secret_only(secret, shown):
    assert hint(secret) == shown
