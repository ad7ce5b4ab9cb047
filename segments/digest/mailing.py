"""Sending letters: each once to each member, whatever stops in between."""

import logging
import smtplib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMultiAlternatives

from segments.digest.recipients import off_path
from segments.models import Letter
from tenants.addresses import merchant_url
from tenants.checks import PRETENDING

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Mail:
    """One mail; `off` at the foot is put in for each reader."""

    subject: str
    text: str
    html: str


OFF = "https://off.invalid/"  # stands in texts where each reader's own link goes


def is_configured() -> bool:
    """Say whether mails leave this installation; the backend that prints them sends nothing."""
    return settings.EMAIL_BACKEND not in PRETENDING


def send(mail: Mail, *, to: User) -> None:
    """Send one mail; raise OSError or SMTPException when the mail server does not take it."""
    off = merchant_url(off_path(to))
    message = EmailMultiAlternatives(
        " ".join(mail.subject.split())[:200],
        mail.text.replace(OFF, off),
        None,
        [to.email],
        headers={
            "List-Unsubscribe": f"<{off}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    message.attach_alternative(mail.html.replace(OFF, off), "text/html")
    message.send()


def send_once(mail: Mail, *, about: str, to: Iterable[User], at: datetime) -> tuple[int, int]:
    """Send to each who did not get it yet; return how many were sent and how many failed.

    Noted after the mail server took it: after a crash in between one letter comes twice, none is
    lost.
    """
    sent, failed = 0, 0
    had = set(Letter.objects.filter(about=about).values_list("user_id", flat=True))
    for user in to:
        if user.pk in had:
            continue
        try:
            send(mail, to=user)
        except (OSError, smtplib.SMTPException):
            logger.warning("The mail server did not take a letter", exc_info=True)
            failed += 1
            continue
        Letter.objects.get_or_create(about=about, user=user, defaults={"sent_at": at})
        sent += 1
    return sent, failed
