"""The folded copies of a customer's profile, for whoever writes customers."""

from typing import Any, Protocol

from commerce.text import fold, phone_digits


class Profile(Protocol):
    """What the keys are made from: a Customer, or any record with these names."""

    first_name: Any
    last_name: Any
    email: Any
    phone: Any
    region: Any
    city: Any
    language: Any
    loyalty_tier: Any
    tags: Any


def key(text: str, *, length: int) -> str:
    """Return `text` folded and cut to its column: folding can make text longer."""
    return fold(text)[:length]


def tag_pairs(tags: list[str]) -> tuple[list[str], list[str]]:
    """Return the tags and their keys side by side, without empty ones and without a key twice."""
    pairs: dict[str, str] = {}
    for tag in tags:
        shown = tag.strip()[:255]
        folded = key(shown, length=255)
        if folded:
            pairs.setdefault(folded, shown)
    return list(pairs.values()), list(pairs)


def profile_keys(profile: Profile) -> dict[str, Any]:
    """Return the values of every key column, by column; `tags` comes back without repetitions."""
    tags, tag_keys = tag_pairs(profile.tags)
    return {
        "email_key": key(profile.email, length=254),
        "phone_key": phone_digits(profile.phone)[:64],
        "name_key": key(f"{profile.first_name} {profile.last_name}", length=401),
        "last_name_key": key(profile.last_name, length=200),
        "region_key": key(profile.region, length=100),
        "city_key": key(profile.city, length=100),
        "language": key(profile.language, length=16),
        "tier_key": key(profile.loyalty_tier, length=64),
        "tags": tags,
        "tag_keys": tag_keys,
    }
