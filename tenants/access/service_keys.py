"""Making, finding, replacing and revoking service keys; every change is audited."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser, User
from django.db import transaction
from django.db.models import Q

from tenants import audit
from tenants.access.models import ServiceKey
from tenants.audit import Actor

# The name in front lets scanners of code and logs recognise a key.
SHAPE = re.compile(r"strata_([0-9a-f]{12})_([0-9a-f]{64})")
USED_EVERY = timedelta(minutes=1)  # how exactly "last used" is written: one small update a minute


class UnusableError(Exception):
    """A key that opens nothing; the message is for whoever sent it."""


@dataclass(frozen=True)
class Terms:
    """What a key may do, how often, and until when."""

    label: str
    scopes: Iterable[str]
    per_minute: int
    expires_at: datetime | None = None


def make_key(terms: Terms, *, by: Actor) -> tuple[ServiceKey, str]:
    """Make a key and return it with its secret, which can never be shown again."""
    prefix, secret = secrets.token_hex(6), secrets.token_hex(32)
    with transaction.atomic():
        key = ServiceKey.objects.create(
            label=terms.label,
            prefix=prefix,
            secret_hash=_hash(secret),
            scopes=sorted(terms.scopes),
            per_minute=terms.per_minute,
            expires_at=terms.expires_at,
            created_by=_person(by),
        )
        audit.record(by, "make_key", key, prefix=prefix, scopes=" ".join(key.scopes))
    return key, f"strata_{prefix}_{secret}"


def open_with(text: str, *, at: datetime) -> ServiceKey:
    """Return the key of this merchant that `text` is; raise UnusableError in words."""
    parts = SHAPE.fullmatch(text)
    key = ServiceKey.objects.filter(prefix=parts[1]).first() if parts else None
    if parts is None or key is None or not hmac.compare_digest(key.secret_hash, _hash(parts[2])):
        raise UnusableError("This key is unknown here. Check that it was copied whole.")
    if key.revoked_at is not None:
        raise UnusableError("This key was revoked. Ask the shop's owner for another one.")
    if not key.is_usable(at=at):
        raise UnusableError("This key has expired. Ask the shop's owner for another one.")
    _note_use(key, at=at)
    return key


def _note_use(key: ServiceKey, *, at: datetime) -> None:
    if key.last_used_at is not None and at - key.last_used_at < USED_EVERY:
        return
    long_ago = Q(last_used_at=None) | Q(last_used_at__lte=at - USED_EVERY)
    ServiceKey.objects.filter(long_ago, pk=key.pk).update(last_used_at=at)


def replace_key(
    key: ServiceKey, *, overlap: timedelta, at: datetime, by: Actor
) -> tuple[ServiceKey, str]:
    """Make a key of the same terms, and let the old one end after `overlap`.

    Raises UnusableError for a key that has ended already.
    """
    with transaction.atomic():
        key = ServiceKey.objects.select_for_update().get(pk=key.pk)
        if not key.is_usable(at=at):
            raise UnusableError("This key has ended already. Make a new one instead.")
        terms = Terms(key.label, key.scopes, key.per_minute, key.expires_at)
        end = at + overlap
        key.expires_at = min(end, key.expires_at) if key.expires_at else end
        key.save(update_fields=["expires_at"])
        audit.record(by, "replace_key", key, prefix=key.prefix, ends_at=key.expires_at.isoformat())
        return make_key(terms, by=by)


def revoke_key(key: ServiceKey, *, at: datetime, by: Actor) -> None:
    """Close a key at once and for good; one that was revoked before stays as it is."""
    with transaction.atomic():
        if ServiceKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=at):
            audit.record(by, "revoke_key", key, prefix=key.prefix)


def change_rate(key: ServiceKey, *, per_minute: int, by: Actor) -> None:
    """Let a key ask more or less often."""
    with transaction.atomic():
        ServiceKey.objects.filter(pk=key.pk).update(per_minute=per_minute)
        change = f"{key.per_minute} → {per_minute}"
        audit.record(by, "change_key", key, prefix=key.prefix, per_minute=change)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _person(by: Actor | AbstractBaseUser) -> User | None:
    return by if isinstance(by, User) else None
