"""How strictly bodies are read: no unknown attributes, limits of rows, a pointer to each fault."""

from typing import Any

from integrations.sandbox.klaviyo.people import EMAIL, PHONE, SHORT_PHONE
from integrations.sandbox.klaviyo.problems import Problem, error, invalid

PROFILE = frozenset(
    [
        "email",
        "phone_number",
        "external_id",
        "first_name",
        "last_name",
        "organization",
        "locale",
        "title",
        "image",
        "location",
        "properties",
        "anonymous_id",
        "_kx",
    ]
)


def check_type(data: Any, kind: str, *, pointer: str = "/data") -> None:
    """Refuse a resource object of another type."""
    if not isinstance(data, dict) or data.get("type") != kind:
        raise invalid(f"Invalid resource type, expected '{kind}'.", pointer=f"{pointer}/type")


def check_names(attributes: dict[str, Any], known: frozenset[str], *, resource: str) -> None:
    """Refuse attributes that the resource does not have."""
    for name in attributes:
        if name not in known:
            words = f"'{name}' is not a valid field for the resource '{resource}'."
            raise invalid(words, pointer=f"/data/attributes/{name}")


def rows_of(value: Any, *, most: int, pointer: str) -> list[Any]:
    """Return a list of 1 to `most` entries."""
    if not isinstance(value, list) or not 1 <= len(value) <= most:
        raise invalid(f"Must contain between 1 and {most} items.", pointer=pointer)
    return value


def read_profile(attributes: dict[str, Any], *, at: str) -> tuple[dict[str, Any], list[Any]]:
    """Return a profile's attributes as they will be kept, and its errors by pointer."""
    errors: list[dict[str, Any]] = []
    for name in attributes:
        if name not in PROFILE:
            words = f"'{name}' is not a valid field for the resource 'profile'."
            errors.append(error(400, "invalid", words, pointer=f"{at}/{name}"))
    kept = dict(attributes)
    email, phone = kept.get("email"), kept.get("phone_number")
    if email and not EMAIL.fullmatch(str(email).strip()):
        errors.append(error(400, "invalid", "Invalid email address", pointer=f"{at}/email"))
    if phone and SHORT_PHONE.fullmatch(str(phone)):
        kept.pop("phone_number")  # dropped without a word, as observed
    elif phone and not PHONE.fullmatch(str(phone)):
        words = "Phone number is in an unsupported region or invalid."
        errors.append(error(400, "invalid", words, pointer=f"{at}/phone_number"))
    named = any(attributes.get(name) for name in ("email", "phone_number", "external_id"))
    if not named and not attributes.get("anonymous_id"):
        words = "One of email, phone_number, external_id or anonymous_id is required."
        errors.append(error(400, "invalid", words, pointer=f"{at}/"))
    properties = kept.get("properties")
    if properties is not None and not isinstance(properties, dict):
        errors.append(error(400, "invalid", "Must be an object.", pointer=f"{at}/properties"))
    return kept, errors


def read_one_profile(attributes: dict[str, Any], *, at: str = "/data/attributes") -> dict[str, Any]:
    """Return one profile's attributes or raise the 400."""
    kept, errors = read_profile(attributes, at=at)
    if errors:
        raise Problem(400, errors)
    return kept
