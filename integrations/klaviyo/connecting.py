"""The doors of the connection: try and keep a key, disconnect, mark as shut out."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from integrations.errors import PlatformError
from integrations.klaviyo import tiers
from integrations.klaviyo.answers import ScopeMissing
from integrations.klaviyo.buckets import Buckets
from integrations.klaviyo.client import Clock, KlaviyoClient
from integrations.klaviyo.opening import account_here, buckets_of
from integrations.klaviyo.scopes import SCOPES
from integrations.models import KlaviyoAccount
from tenants import accounts, audit
from tenants.jobs import merchant_here

PROVIDER = "klaviyo"
State = KlaviyoAccount.State
# A private key; the public one has six characters and opens nothing.
KEY = re.compile(r"pk_[A-Za-z0-9_]{8,200}")
# What can be tried without changing anything: scope → where.
TRIALS: tuple[tuple[str, str, tiers.Tier, dict[str, int]], ...] = (
    ("lists:read", "/api/lists", tiers.LISTS, {}),
    ("profiles:read", "/api/profiles", tiers.PROFILES, {"page_size": 1}),
    ("flows:read", "/api/flows", tiers.FLOWS, {}),
    ("metrics:read", "/api/metrics", tiers.METRICS, {}),
)


@dataclass(frozen=True)
class Owner:
    """Whose key it is."""

    account_id: str
    name: str
    timezone: str
    currency: str


def connect(
    key: str, *, by: audit.Actor, at: datetime, clock: Clock | None = None
) -> KlaviyoAccount:
    """Try a key and keep it when it works; raise ValidationError in words."""
    key = key.strip()
    if not KEY.fullmatch(key):
        raise ValidationError("This is no private key of Klaviyo's. It begins with pk_.")
    known = account_here()
    try:
        with KlaviyoClient(key=key, buckets=_limits(known), clock=clock) as client:
            owner = who(client)
            missing = _missing(client)
    except PlatformError as error:
        raise ValidationError(error.words) from error
    _check(known, owner, missing)
    with transaction.atomic():
        account = known or KlaviyoAccount(account_id=owner.account_id)
        account.key, account.name = key, owner.name
        account.timezone, account.currency = owner.timezone, owner.currency
        account.state, account.state_note, account.state_at = State.CONNECTED, "", at
        account.missing_scopes, account.checked_at = missing, at
        account.connected_at = account.connected_at or at
        account.save()
        accounts.claim(merchant_here(), provider=PROVIDER, key=owner.account_id)
        audit.record(by, "connect", account, account=owner.account_id)
    return account


def _limits(known: KlaviyoAccount | None) -> Buckets:
    return buckets_of(known.account_id if known else "")


def who(client: KlaviyoClient) -> Owner:
    """Return the account behind the client's key."""
    [one] = client.get("/api/accounts", tiers.ACCOUNTS).data[:1]
    told = one["attributes"]
    name = (told.get("contact_information") or {}).get("organization_name") or one["id"]
    return Owner(
        account_id=str(one["id"]),
        name=str(name)[:200],
        timezone=str(told.get("timezone") or "")[:63],
        currency=str(told.get("preferred_currency") or "")[:3],
    )


def _missing(client: KlaviyoClient) -> list[str]:
    """Return the scopes that a key lacks, of those that can be tried."""
    lacking = []
    for scope, path, tier, params in TRIALS:
        try:
            client.get(path, tier, **params)
        except ScopeMissing:
            lacking.append(scope)
    return lacking


def _check(known: KlaviyoAccount | None, owner: Owner, missing: list[str]) -> None:
    if known is not None and known.account_id != owner.account_id:
        raise ValidationError(
            f"This key belongs to {owner.name}, another account than {known.name}, with which the "
            "lists here are in step. Nothing was kept."
        )
    needed = {scope.key for scope in SCOPES if scope.is_needed} & set(missing)
    if needed:
        raise ValidationError(
            f"The key may do too little: {', '.join(sorted(needed))} is missing. A key cannot be "
            "changed; make a new one with the boxes below ticked."
        )


def disconnect(account: KlaviyoAccount, *, by: audit.Actor, at: datetime) -> None:
    """Forget the key and schedule nothing more; lists and logs stay."""
    with transaction.atomic():
        account.key = ""
        account.state, account.state_note, account.state_at = State.DISCONNECTED, "", at
        account.save()
        accounts.release(merchant_here(), provider=PROVIDER, key=account.account_id)
        audit.record(by, "disconnect", account, account=account.account_id)


@dataclass(frozen=True)
class Standing:
    """The account as work with it sees it: marked once when it is not let in any more."""

    account: KlaviyoAccount

    def reconnect_needed(self, words: str, *, at: datetime) -> None:
        """Mark the account and stop its schedule, unless somebody did."""
        self._mark(State.REVOKED, words, at=at)

    def scope_missing(self, words: str, *, at: datetime) -> None:
        """Mark that the key may do too little."""
        self._mark(State.SCOPES, words, at=at)

    def _mark(self, state: str, words: str, *, at: datetime) -> None:
        rows = KlaviyoAccount.objects.filter(pk=self.account.pk, state=State.CONNECTED)
        with transaction.atomic():
            if rows.update(state=state, state_note=words, state_at=at):
                key = self.account.account_id
                accounts.release(merchant_here(), provider=PROVIDER, key=key)


def set_creates_profiles(account: KlaviyoAccount, *, creates: bool, by: audit.Actor) -> None:
    """Say whether customers whom Klaviyo does not know become profiles there."""
    account.creates_profiles = creates
    account.save(update_fields=["creates_profiles"])
    audit.record(by, "klaviyo_profiles", account, creates=creates)
