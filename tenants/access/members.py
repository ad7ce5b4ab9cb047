"""The members of a merchant's team: seats, roles, and the owner who can never be the last to go."""

from django.contrib.auth.models import User
from django.db import transaction

from tenants import audit
from tenants.access.roles import OWNER, ROLES, give_role, role_of
from tenants.audit import Actor


class RefusedError(Exception):
    """Something the team page does not do; the message is for the merchant."""


def login_name(email: str) -> str:
    """Return the user name of an e-mail address: the address, without regard to case."""
    return email.strip().casefold()


def find(email: str) -> User | None:
    """Return whoever holds a seat under `email`, deactivated ones included."""
    return User.objects.filter(username=login_name(email)).first()


def make_member(email: str, *, role: str, name: str = "", password: str | None = None) -> User:
    """Make a member with a role, or give a deactivated one the seat back."""
    first, _, last = name.strip().partition(" ")
    with transaction.atomic():
        user = find(email) or User(username=login_name(email))
        user.email, user.is_staff, user.is_active = email.strip(), True, True
        user.first_name, user.last_name = first[:150] or user.first_name, last[:150]
        user.set_password(password)  # None: nobody can sign in until a password is set by mail
        user.save()
        give_role(user, role=role)
    return user


def change_role(user: User, *, role: str, by: Actor) -> None:
    """Give `user` another role; raise RefusedError for the last owner."""
    if role not in ROLES:
        raise RefusedError("Choose one of the roles in the list.")
    with transaction.atomic():
        old = role_of(user)
        if old == ROLES[role]:
            return
        if role != OWNER.key:
            _keep_an_owner(without=user)
        give_role(user, role=role)
        audit.record(by, "change_role", user, old=old.key if old else None, new=role)


def deactivate(user: User, *, by: Actor) -> None:
    """Take the seat of `user`; raise RefusedError for the last owner. Sessions end at once."""
    with transaction.atomic():
        _keep_an_owner(without=user)
        User.objects.filter(pk=user.pk).update(is_active=False)
        audit.record(by, "deactivate", user)


def reactivate(user: User, *, by: Actor) -> None:
    """Give `user` the seat back, with the role they had."""
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(is_active=True)
        audit.record(by, "reactivate", user)


def _keep_an_owner(*, without: User) -> None:
    """Raise RefusedError unless an active owner remains without `without`."""
    owners = User.objects.select_for_update().filter(groups__name=OWNER.key, is_active=True)
    pks = {user.pk for user in owners.order_by("pk")}  # locked in one order: two cannot both leave
    if pks == {without.pk}:
        raise RefusedError("A shop needs an owner. Make somebody else an owner first.")
