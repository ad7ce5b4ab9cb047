"""Who gets the weekly letter and the alerts of goals, and the link that ends it."""

from django.contrib.auth.models import Permission, User
from django.core import signing
from django.db.models import Q, QuerySet
from django.urls import reverse

from segments.models import DigestChoice
from tenants import audit
from tenants.access.roles import OWNER
from tenants.schema import connection

URLS = "segments.digest.urls"


def recipients() -> QuerySet[User]:
    """Return the active members who want the letter and may see segments, oldest seat first."""
    allowed = Permission.objects.filter(codename="view_segment", content_type__app_label="segments")
    may = (
        Q(groups__permissions__in=allowed) | Q(user_permissions__in=allowed) | Q(is_superuser=True)
    )
    wants = Q(digest_choice__wants=True) | Q(digest_choice=None, groups__name=OWNER.key)
    found = User.objects.filter(pk__in=User.objects.filter(wants).values("pk"))
    return found.filter(may, is_active=True).exclude(email="").order_by("pk").distinct()


def wants(user: User) -> bool:
    """Say whether a member gets the letter: by their own word, else owners do."""
    chosen = DigestChoice.objects.filter(user=user).first()
    return chosen.wants if chosen else user.groups.filter(name=OWNER.key).exists()


def choose(user: User, *, is_wanted: bool, by: audit.Actor) -> None:
    """Keep a member's word."""
    DigestChoice.objects.update_or_create(user=user, defaults={"wants": is_wanted})
    audit.record(by, "digest", user, wants=is_wanted)


def off_path(user: User) -> str:
    """Return the path that ends the letter for `user`, signed; it never runs out."""
    return reverse("digest_off", args=[_signer().sign(str(user.pk))], urlconf=URLS)


def member_of(token: str) -> User | None:
    """Return whose link this is; None for one that is broken or another merchant's."""
    try:
        pk = _signer().unsign(token)
    except signing.BadSignature:
        return None
    return User.objects.filter(pk=pk).first()


def _signer() -> signing.Signer:
    return signing.Signer(salt=f"strata.digest.{connection.schema_name}")
