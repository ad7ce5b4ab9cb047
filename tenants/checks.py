"""What must not be so in production: settings refuse to load, `check --deploy` names it."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

# Known to everybody who has read the source.
DEVELOPMENT_KEY = "strata-development-key-never-in-production"
# Mail that is printed or thrown away.
PRETENDING = tuple(
    f"django.core.mail.backends.{name}.EmailBackend" for name in ("console", "dummy")
)
DEVELOPMENT_ENCRYPTION_KEY = "c3RyYXRhLWRldmVsb3BtZW50LWVuY3J5cHRpb24tISE="


@dataclass(frozen=True)
class Fault:
    """One thing that keeps production from starting."""

    id: str
    message: str
    hint: str


def faults(values: Mapping[str, Any]) -> list[Fault]:
    """Return what is wrong in settings that say they are production's."""
    secret, keys = values["SECRET_KEY"], values["FIELD_ENCRYPTION_KEYS"]
    secrets = [secret, *values["SECRET_KEY_FALLBACKS"]]
    tests = [
        (
            DEVELOPMENT_KEY in secrets or len(secret) < 50 or len(set(secret)) < 5,
            Fault(
                "strata.E001",
                "SECRET_KEY is missing, too short or the development one.",
                "Set SECRET_KEY to 50 or more random characters.",
            ),
        ),
        (
            not keys or DEVELOPMENT_ENCRYPTION_KEY in keys or not all(map(_is_key, keys)),
            Fault(
                "strata.E002",
                "FIELD_ENCRYPTION_KEYS is missing, malformed or the development one.",
                "Set it to one or more keys of 32 random bytes in url-safe base64, newest first.",
            ),
        ),
        (
            values["BASE_DOMAIN"] in ("", "localhost"),
            Fault(
                "strata.E003",
                "BASE_DOMAIN is missing.",
                "Set it to the domain under which merchants get their hosts, such as example.com.",
            ),
        ),
        (
            values["DEBUG"],
            Fault("strata.E004", "DEBUG is on.", "Unset DEBUG: it shows settings to visitors."),
        ),
        (
            "*" in values["ALLOWED_HOSTS"],
            Fault(
                "strata.E005",
                "ALLOWED_HOSTS takes any host.",
                "Leave it unset, or list your own domains.",
            ),
        ),
        (
            values["EMAIL_BACKEND"] in PRETENDING,
            Fault(
                "strata.E006",
                "EMAIL_URL is missing: invitations and password links would go to the log.",
                "Set it to your mail server, such as smtp+tls://user:password@mail.example.com:587.",
            ),
        ),
        (
            values.get("WEBHOOKS_ALLOW_LOOPBACK", False),
            Fault(
                "strata.E007",
                "WEBHOOKS_ALLOW_LOOPBACK is on: merchants could reach this machine's services.",
                "Unset it.",
            ),
        ),
    ]
    return [fault for is_wrong, fault in tests if is_wrong]


def in_words(found: list[Fault]) -> str:
    """Return the faults as the lines that the start prints."""
    lines = [f"({fault.id}) {fault.message} {fault.hint}" for fault in found]
    return "\n".join(["Strata does not start in production like this:", *lines])


@register(Tags.security, deploy=True)
def production_settings(**_: Any) -> list[CheckMessage]:
    """Report the faults to `manage check --deploy`."""
    names = (
        "SECRET_KEY",
        "SECRET_KEY_FALLBACKS",
        "FIELD_ENCRYPTION_KEYS",
        "BASE_DOMAIN",
        "DEBUG",
        "ALLOWED_HOSTS",
        "EMAIL_BACKEND",
        "WEBHOOKS_ALLOW_LOOPBACK",
    )
    values = {name: getattr(settings, name) for name in names}
    return [Error(f.message, hint=f.hint, id=f.id) for f in faults(values)]


def _is_key(key: str) -> bool:
    try:
        return len(base64.urlsafe_b64decode(key)) == 32
    except (binascii.Error, ValueError):
        return False
