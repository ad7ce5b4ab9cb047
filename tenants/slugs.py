"""What a merchant's slug may be: it is schema name, sub-domain and `--tenant` at once."""

import re

from django.core.exceptions import ValidationError

SLUG = re.compile(r"[a-z][a-z0-9]{1,30}")
RESERVED = frozenset(
    [
        "public",
        "extensions",
        "template",
        "postgres",
        "platform",
        "admin",
        "api",
        "www",
        "mail",
        "static",
        "media",
        "status",
        "healthz",
        "readyz",
        "webhooks",
        "information",
        "pg",
        "test",
        "localhost",
        "strata",
        "app",
    ]
)


def validate_slug(slug: str) -> None:
    """Raise ValidationError unless `slug` may name a merchant."""
    if not SLUG.fullmatch(slug):
        raise ValidationError(
            "Use 2 to 31 lower-case letters and digits, beginning with a letter, "
            "for example “greenshop”."
        )
    if slug in RESERVED or slug.startswith("pg"):
        raise ValidationError(f"“{slug}” is reserved. Choose another name.")
