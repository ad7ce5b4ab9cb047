"""Invitations to a merchant's team: a link that works once, for a week, on that host only."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from tenants import audit
from tenants.access import mails
from tenants.access.members import RefusedError, find, make_member
from tenants.access.models import Invitation
from tenants.access.roles import OWNER, ROLES, make_roles
from tenants.addresses import merchant_url
from tenants.audit import Actor
from tenants.schema import connection

VALID_FOR = timedelta(days=7)


class UnusableError(RefusedError):
    """The link opens nothing; the message says why and what to do."""


def invite(
    email: str, *, role: str, by: Actor, now: datetime | None = None, is_mailed: bool = False
) -> tuple[Invitation, str]:
    """Offer a seat and return the invitation with its link; the link is never shown again.

    `is_mailed` has a worker mail it.
    An older open invitation to the same address is withdrawn. Raises RefusedError for a member.
    """
    now, secret = now or timezone.now(), secrets.token_urlsafe(32)
    if role not in ROLES:
        raise RefusedError("Choose one of the roles in the list.")
    member = find(email)
    if member is not None and member.is_active:
        raise RefusedError(f"{email} is already in the team.")
    with transaction.atomic():
        open_invitations().filter(email__iexact=email).update(withdrawn_at=now)
        invitation = Invitation.objects.create(
            email=email.strip(),
            role=role,
            token_hash=_hash(secret),
            invited_by=by if isinstance(by, User) else None,
            expires_at=now + VALID_FOR,
        )
        audit.record(by, "invite", invitation, role=role)
        token = _signer().sign(secret)
        if is_mailed:
            mails.post_invitation(invitation, token=token)
    return invitation, merchant_url(
        reverse("accept_invitation", args=[token], urlconf="tenants.access.urls")
    )


def invite_owner(email: str) -> str:
    """Make the roles of this schema and return the link of its first owner's invitation."""
    make_roles()
    return invite(email, role=OWNER.key, by=None)[1]


def invite_again(invitation: Invitation, *, by: Actor) -> Invitation:
    """Mail another link for the same seat; the older one stops working."""
    return invite(invitation.email, role=invitation.role, by=by, is_mailed=True)[0]


def open_invitations() -> QuerySet[Invitation]:
    """Return the invitations that still wait, the expired included."""
    return Invitation.objects.filter(accepted_at=None, withdrawn_at=None)


def withdraw(invitation: Invitation, *, by: Actor) -> None:
    """Close an open invitation; its link stops working."""
    with transaction.atomic():
        if open_invitations().filter(pk=invitation.pk).update(withdrawn_at=timezone.now()):
            audit.record(by, "withdraw_invitation", invitation)


def look_up(token: str, *, now: datetime | None = None) -> Invitation:
    """Return the invitation a link stands for; raise UnusableError in words."""
    try:
        secret = _signer().unsign(token)
    except signing.BadSignature:
        raise UnusableError(
            "This link is incomplete or belongs to another shop. Open it again from the e-mail."
        ) from None
    invitation = Invitation.objects.filter(token_hash=_hash(secret)).first()
    if invitation is None or invitation.withdrawn_at:
        raise UnusableError("This invitation was withdrawn. Ask an owner for a new one.")
    if invitation.accepted_at:
        raise UnusableError("This invitation was used already. Sign in with your e-mail address.")
    if invitation.expires_at <= (now or timezone.now()):
        raise UnusableError("This invitation has expired. Ask an owner for a new one.")
    return invitation


def accept(token: str, *, name: str, password: str) -> User:
    """Take the seat and return the new member; raise UnusableError. Works once."""
    with transaction.atomic():
        invitation = look_up(token)
        Invitation.objects.select_for_update().get(pk=invitation.pk)  # two clicks, one seat
        invitation = look_up(token)
        user = make_member(invitation.email, role=invitation.role, name=name, password=password)
        Invitation.objects.filter(pk=invitation.pk).update(accepted_at=timezone.now())
        audit.record(user, "accept_invitation", invitation, role=invitation.role)
    return user


def _signer() -> signing.Signer:
    return signing.Signer(salt=f"strata.invitation.{connection.schema_name}")


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
