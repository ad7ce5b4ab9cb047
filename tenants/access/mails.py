"""Mails to the team, sent by a worker: no page waits for a mail server, and nothing is lost.

A mail and its run are written with what they are about. A server that is away is asked again for
a day; whoever dies between its answer and our note sends the mail twice, never not at all.
"""

import datetime as dt
import logging
import smtplib
from collections.abc import Iterable

from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django_tenants.utils import schema_context

from tenants import jobs
from tenants.access.models import Invitation, Mail
from tenants.access.roles import ROLES
from tenants.access.tokens import reset_tokens
from tenants.addresses import merchant_url
from tenants.models import Run

logger = logging.getLogger(__name__)

JOB = "team_mail"
# Minutes until the second and later tries: a blip, a restart, an outage, a day.
WAITS = (1, 5, 15, 60, 180, 360, 720)
AWAY = "The mail server could not be reached."


class RefusedMail(Exception):  # noqa: N818 - a state
    """The mail server will not take this mail, however often it is asked; the words say why."""


def post_invitation(invitation: Invitation, *, token: str) -> Mail:
    """Have the invitation's link mailed, with the caller's transaction."""
    with transaction.atomic():
        mail = Mail.objects.create(invitation=invitation, secret=token)
        _start(mail)
    return mail


def post_new_password(user: User) -> None:
    """Have a link for a new password mailed; nothing more while an earlier one still waits."""
    with transaction.atomic():
        mail, is_new = Mail.objects.get_or_create(user=user, state=Mail.State.WAITING)
        if is_new or not _is_under_way(mail):
            _start(mail)


def post_again(mail: Mail) -> bool:
    """Try again now what was not sent; False for a mail that was sent: its link is gone."""
    waiting = Mail.objects.filter(pk=mail.pk, state__in=[Mail.State.WAITING, Mail.State.FAILED])
    with transaction.atomic():
        again = waiting.update(state=Mail.State.WAITING, attempts=0, error="", ended_at=None)
        if again:
            _start(mail)
    return bool(again)


def send(mail: Mail, *, at: dt.datetime) -> dt.datetime | None:
    """Send it, and note how it ended; return when to try again, None when that is all."""
    try:
        state, error = _deliver(mail, at=at), ""
    except RefusedMail as refusal:
        state, error = Mail.State.FAILED, str(refusal)
    except (OSError, smtplib.SMTPException):
        logger.warning("The mail server did not take mail %s", mail.pk, exc_info=True)
        state, error = Mail.State.WAITING, AWAY
    attempts = mail.attempts + 1
    if state == Mail.State.WAITING and attempts <= len(WAITS):
        _note(mail, attempts=attempts, error=error)
        return at + dt.timedelta(minutes=WAITS[attempts - 1])
    ended = Mail.State.FAILED if state == Mail.State.WAITING else state
    kept = mail.secret if ended == Mail.State.FAILED else ""  # it may be sent again
    _note(mail, attempts=attempts, error=error, state=ended, ended_at=at, secret=kept)
    return None


def newest_of_members(users: Iterable[User], *, since: dt.datetime) -> dict[int, Mail]:
    """Return the newest mail about each member's password, by the member's id."""
    rows = Mail.objects.filter(user__in=users, created_at__gte=since).defer("secret")
    return {mail.user_id: mail for mail in rows.order_by("id") if mail.user_id}


def newest_of_invitations(invitations: Iterable[Invitation]) -> dict[int, Mail]:
    """Return the newest mail of each invitation, by the invitation's id."""
    rows = Mail.objects.filter(invitation__in=invitations).defer("secret")
    return {mail.invitation_id: mail for mail in rows.order_by("id") if mail.invitation_id}


def _start(mail: Mail) -> None:
    jobs.start(JOB, params={"mail": mail.pk})


def _is_under_way(mail: Mail) -> bool:
    """Say whether a run will send it: one may have been cancelled on the jobs page."""
    tenant, live = jobs.merchant_here(), [Run.State.QUEUED, Run.State.RUNNING]
    with schema_context("public"):
        rows = Run.objects.filter(tenant=tenant, job=JOB, lane=str(mail.pk), state__in=live)
        return rows.exists()


def _note(mail: Mail, **values: object) -> None:
    Mail.objects.filter(pk=mail.pk, state=Mail.State.WAITING).update(**values)


def _deliver(mail: Mail, *, at: dt.datetime) -> Mail.State:
    """Hand it to the mail server; raise RefusedMail, OSError or SMTPException."""
    letter = _invitation(mail, at=at) if mail.invitation else _new_password(mail)
    if letter is None:
        return Mail.State.NEEDLESS
    try:
        send_mail(" ".join(letter[0].split()), letter[1], None, [letter[2]])
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        if min(codes, default=0) < 500:  # busy, or full: another time perhaps
            raise
        raise RefusedMail(f"The mail server refuses this address ({codes[0]}).") from None
    except smtplib.SMTPResponseException as error:
        if error.smtp_code < 500:
            raise
        raise RefusedMail(f"The mail server refuses our mail ({error.smtp_code}).") from None
    return Mail.State.SENT


def _invitation(mail: Mail, *, at: dt.datetime) -> tuple[str, str, str] | None:
    """Return subject, text and address; None when its link would open nothing."""
    invitation, tenant = mail.invitation, jobs.merchant_here()
    assert invitation is not None
    is_over = invitation.accepted_at or invitation.withdrawn_at or invitation.expires_at <= at
    if is_over or not mail.secret:
        return None
    path = reverse("accept_invitation", args=[mail.secret], urlconf="tenants.access.urls")
    facts = {"tenant": tenant, "link": merchant_url(path), "role": ROLES[invitation.role]}
    text = render_to_string(
        "access/invitation_email.txt", facts | {"days": (invitation.expires_at - at).days + 1}
    )
    return f"Join {tenant.name} on Strata", text, invitation.email


def _new_password(mail: Mail) -> tuple[str, str, str] | None:
    """Return subject, text and address; the link is good from now on."""
    user = mail.user
    assert user is not None
    if not user.is_active or not user.email:
        return None
    uid, token = urlsafe_base64_encode(force_bytes(user.pk)), reset_tokens.make_token(user)
    path = reverse(
        "password_reset_confirm",
        kwargs={"uidb64": uid, "token": token},
        urlconf="tenants.access.urls",
    )
    link = merchant_url(path)
    text = render_to_string("access/reset_email.txt", {"link": link, "host": link.split("/")[2]})
    return render_to_string("access/reset_subject.txt"), text, user.email
