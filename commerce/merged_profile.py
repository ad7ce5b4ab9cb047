"""One profile out of two: what the survivor of a merge takes, and how that is undone."""

from datetime import UTC, datetime
from typing import Any

from commerce.keys import tag_pairs
from commerce.models import Consent, Customer

# Filled together, and only when the survivor has nothing in any of them.
BLOCKS = (
    ("first_name", "last_name"),
    ("email",),
    ("phone",),
    ("country", "region", "city", "postal_code", "latitude", "longitude"),
    ("language",),
    ("birthday",),
    ("communication_channel",),
    ("loyalty_tier",),
    ("loyalty_points",),
    ("follows_social",),
)
EMPTY = ("", None)
FIELDS = {field.name: field for field in Customer._meta.concrete_fields}
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def merged(survivor: Customer, absorbed: Customer) -> dict[str, Any]:
    """Return the fields of `survivor` that change, with their new values."""
    values = {
        "tags": tag_pairs([*survivor.tags, *absorbed.tags])[0],
        "attributes": absorbed.attributes | survivor.attributes,
        "is_vip": survivor.is_vip or absorbed.is_vip,
        "reviews_count": survivor.reviews_count + absorbed.reviews_count,
        "referrals_count": survivor.referrals_count + absorbed.referrals_count,
        "customer_since": min(
            filter(None, (survivor.customer_since, absorbed.customer_since)), default=None
        ),
        **_filled(survivor, absorbed),
        **_consent(survivor, absorbed, kind="email"),
        **_consent(survivor, absorbed, kind="sms"),
    }
    return {name: value for name, value in values.items() if value != getattr(survivor, name)}


def _filled(survivor: Customer, absorbed: Customer) -> dict[str, Any]:
    return {
        name: getattr(absorbed, name)
        for block in BLOCKS
        if all(getattr(survivor, name) in EMPTY for name in block)
        for name in block
    }


def _consent(survivor: Customer, absorbed: Customer, *, kind: str) -> dict[str, Any]:
    """Return the newer consent when it is to the same address; a refusal wins over no date."""
    state, moment = f"{kind}_consent", f"{kind}_consent_at"
    key = "email_key" if kind == "email" else "phone_key"
    mine, theirs = getattr(survivor, key), getattr(absorbed, key)
    if mine and theirs and mine != theirs:
        return {}
    ranked = sorted((survivor, absorbed), key=lambda one: _weight(one, state=state, moment=moment))
    return {state: getattr(ranked[-1], state), moment: getattr(ranked[-1], moment)}


def _weight(customer: Customer, *, state: str, moment: str) -> tuple[bool, datetime, bool]:
    said = getattr(customer, state)
    at = getattr(customer, moment) or LONG_AGO
    return said != Consent.UNKNOWN, at, said == Consent.UNSUBSCRIBED


def plain(value: Any) -> Any:
    """Return `value` as JSON keeps it, exactly."""
    return value.isoformat() if hasattr(value, "isoformat") else value


def restored(customer: Customer, changes: dict[str, list[Any]]) -> dict[str, Any]:
    """Return the fields to put back: those that still hold what the merge wrote."""
    return {
        name: FIELDS[name].to_python(before)
        for name, (before, after) in changes.items()
        if plain(getattr(customer, name)) == after
    }
