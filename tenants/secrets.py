"""Secrets of a merchant in the database: encrypted for its schema, readable only with our keys.

The installation's keys (`FIELD_ENCRYPTION_KEYS`, newest first) are never used themselves: each
schema gets a key derived from them (HKDF-SHA-256), so a value copied into another merchant's schema
opens nothing there. What cannot be decrypted raises; it is never taken for the secret.
"""

import base64
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django import forms
from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models, transaction
from django.db.models.expressions import Combinable

from tenants.schema import connection

HIDDEN = "••••"


class UndecipherableError(Exception):
    """A secret that none of the keys opens, in this schema."""


def encrypt(secret: str, *, schema: str = "") -> str:
    """Return `secret` encrypted with the newest key of this schema."""
    return _fernet(schema or connection.schema_name).encrypt(secret.encode()).decode()


def decrypt(stored: str, *, schema: str = "") -> str:
    """Return the secret; raise UndecipherableError when no key of this schema fits."""
    schema = schema or connection.schema_name
    try:
        return _fernet(schema).decrypt(stored.encode()).decode()
    except InvalidToken:
        raise UndecipherableError(
            f"A secret of “{schema}” cannot be read with the keys in FIELD_ENCRYPTION_KEYS."
        ) from None


def hint(secret: str) -> str:
    """Return "•••• last 4", and nothing of a secret that short."""
    return f"{HIDDEN} {secret[-4:]}" if len(secret) >= 12 else HIDDEN


def rotate(stored: str) -> str:
    """Return a stored value encrypted anew with the newest key."""
    decrypt(stored)  # says in words what the next line would raise
    return _fernet(connection.schema_name).rotate(stored.encode()).decode()


def _fernet(schema: str) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key, schema)) for key in settings.FIELD_ENCRYPTION_KEYS])


def _derived(master: str, schema: str) -> bytes:
    info = f"strata.field.{schema}".encode()
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=info)
    return base64.urlsafe_b64encode(derivation.derive(base64.urlsafe_b64decode(master)))


class SecretInput(forms.PasswordInput):
    """A box that never shows the secret; left empty, the stored one stays."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", "spellcheck": "false"} | (attrs or {}))

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        shown = {"placeholder": hint(str(value))} if value else {}
        return super().get_context(name, None, (attrs or {}) | shown)


class SecretFormField(forms.CharField):
    """A write-only box: empty means "as it was", or nothing in a new row."""

    widget = SecretInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data) and data != initial


class EncryptedTextField(models.TextField):
    """Text that stands encrypted in the table. It can be read and written, not searched."""

    def get_prep_value(self, value: Any) -> Any:
        if value is None or value == "" or isinstance(value, Combinable):
            return value
        return encrypt(str(value))

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        return decrypt(value) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        """Allow isnull; refuse what would compare with a ciphertext."""
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(f"“{self.name}” is encrypted: it cannot be searched or compared.")

    def get_transform(self, lookup_name: str) -> Any:
        raise FieldError(f"“{self.name}” is encrypted: it cannot be searched or compared.")

    def formfield(self, **kwargs: Any) -> Any:
        shown: dict[str, Any] = {
            "form_class": SecretFormField,
            "widget": SecretInput,
            "required": False,
        }
        return super().formfield(**shown | kwargs)

    def save_form_data(self, instance: models.Model, data: Any) -> None:
        """Keep the stored secret when the box was left empty."""
        if data:
            super().save_form_data(instance, data)


def encrypted_fields() -> list[tuple[type[models.Model], str]]:
    """Return every model and field of the installation that holds a secret."""
    return [
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedTextField)
    ]


def rotate_all() -> int:
    """Encrypt every secret of this schema anew with the newest key; return how many.

    Each row is locked, read and written in its own transaction; afterwards the old key may go.
    """
    return sum(_rotate_field(model, name) for model, name in encrypted_fields())


def _rotate_field(model: type[models.Model], name: str) -> int:
    rows, count = model._default_manager, 0
    for pk in rows.values_list("pk", flat=True).order_by("pk"):
        with transaction.atomic():
            row = rows.select_for_update().filter(pk=pk).only(name).first()
            if row is not None and getattr(row, name):
                rows.filter(pk=pk).update(**{name: getattr(row, name)})
                count += 1
    return count
