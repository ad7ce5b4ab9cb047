"""Profiles of an account: who they are, and what may be sent to them."""

import re
from dataclasses import dataclass, field
from typing import Any

from integrations.sandbox.klaviyo.clock import written

EMAIL = re.compile(r"[^@\s,;<>()\"]+@[^@\s,;<>()\"]+\.[A-Za-z0-9-]{2,}")
# Country codes this Klaviyo sends to; another is refused by row.
PHONE = re.compile(r"\+(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])\d{8,12}")
SHORT_PHONE = re.compile(r"\+?\d{1,7}")  # taken, and dropped without a word


@dataclass(slots=True)
class Profile:
    """One person. Moments are seconds since 1970."""

    id: str
    number: int
    created: float
    updated: float
    email: str = ""
    phone: str = ""
    external_id: str = ""
    first_name: str = ""
    last_name: str = ""
    properties: dict[str, Any] = field(default_factory=dict)
    consent: str = "NEVER_SUBSCRIBED"
    consent_at: float | None = None
    suppressions: list[tuple[str, float]] = field(default_factory=list)
    list_suppressions: list[tuple[str, str, float]] = field(default_factory=list)


def show_profile(
    profile: Profile, *, params: dict[str, str], joined_at: float | None = None
) -> dict[str, Any]:
    """Return a profile as JSON: all of it, or the fields that were asked for."""
    told: dict[str, Any] = {
        "email": profile.email or None,
        "phone_number": profile.phone or None,
        "external_id": profile.external_id or None,
        "first_name": profile.first_name or None,
        "last_name": profile.last_name or None,
        "created": written(profile.created),
        "updated": written(profile.updated),
        "properties": profile.properties,
    }
    if joined_at is not None:
        told["joined_group_at"] = written(joined_at)
    if "subscriptions" in params.get("additional-fields[profile]", "").split(","):
        told["subscriptions"] = {"email": {"marketing": _marketing(profile)}}
    wanted = params.get("fields[profile]")
    if wanted is not None:
        names = set(wanted.split(",")) | ({"subscriptions"} & told.keys())
        told = {name: value for name, value in told.items() if name in names}
    links = {"self": f"https://a.klaviyo.com/api/profiles/{profile.id}/"}
    return {"type": "profile", "id": profile.id, "attributes": told, "links": links}


def _marketing(profile: Profile) -> dict[str, Any]:
    at = written(profile.consent_at) if profile.consent_at else None
    return {
        "can_receive_email_marketing": bool(profile.email) and not profile.suppressions,
        "consent": profile.consent,
        "consent_timestamp": at,
        "last_updated": at,
        "suppression": [
            {"reason": reason, "timestamp": written(moment)}
            for reason, moment in profile.suppressions
        ],
        "list_suppressions": [
            {"list_id": list_id, "reason": reason, "timestamp": written(moment)}
            for list_id, reason, moment in profile.list_suppressions
        ],
    }
