"""Who may log in to a demo merchant: one person per role, with a password everybody knows."""

from django.contrib.auth.hashers import make_password

from tenants.access.members import find, make_member
from tenants.access.roles import ROLES

NAMES = {"owner": "Olive Ownmoor", "marketer": "Mika Marketfield", "viewer": "Vesper Viewley"}


def login_of(role: str, *, slug: str) -> str:
    """Return the address with which the demo's member of a role logs in."""
    return f"{role.replace('_', '-')}@{slug}.localhost"


def make_team(slug: str, *, password: str) -> None:
    """Make a member per role, the owner last: where there is an owner, all is there."""
    hashed = make_password(password)  # once: 0.2 s of a processor each
    for role in reversed(ROLES):
        name = NAMES.get(role, "Sage Samplewick")
        user = make_member(login_of(role, slug=slug), role=role, name=name)
        user.password = hashed
        user.save(update_fields=["password"])


def has_team(slug: str) -> bool:
    """Say whether the merchant of this schema was seeded to the end."""
    return find(login_of("owner", slug=slug)) is not None


def logins(slug: str, *, what: str, host: str, password: str) -> list[dict[str, str]]:
    """Return the logins as `var/demo.json` lists them, the owner first."""
    return [
        {
            "what": what,
            "host": host,
            "role": role,
            "user": login_of(role, slug=slug),
            "password": password,
        }
        for role in ROLES
    ]
