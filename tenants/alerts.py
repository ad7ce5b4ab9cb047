"""Letters to the operator: a condition that begins, and the same one when it is over."""

import datetime as dt
import logging
import smtplib

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone

from tenants.models import Alert
from tenants.status import read_status

logger = logging.getLogger(__name__)


def tell() -> int:
    """Mail ALERT_EMAIL what began and what ended since the last look; return how many letters.

    One letter a condition and one when it is over, however often this is called. A letter that
    the mail server did not take is tried again at the next call; after a crash between a letter
    and its note it is sent twice, never lost. What is over before anybody was told is forgotten.
    """
    if not settings.ALERT_EMAIL:
        return 0
    found, now = read_status().found, timezone.now()
    keys = [problem.key for problem in found]
    Alert.objects.exclude(key__in=keys).filter(told_at=None).delete()
    for problem in found:
        Alert.objects.get_or_create(
            key=problem.key, defaults={"words": problem.words, "since": now}
        )
    begun = [alert for alert in Alert.objects.filter(told_at=None) if _mail_begin(alert)]
    Alert.objects.filter(pk__in=[alert.pk for alert in begun]).update(told_at=now)
    over = [alert for alert in Alert.objects.exclude(key__in=keys) if _mail_end(alert, now)]
    Alert.objects.filter(pk__in=[alert.pk for alert in over]).delete()
    return len(begun) + len(over)


def _mail_begin(alert: Alert) -> bool:
    text = f"{alert.words}\n\nSince {_moment(alert.since)}. The status page says more."
    return _mail(f"Strata: {alert.words}", text)


def _mail_end(alert: Alert, now: dt.datetime) -> bool:
    text = f"It began {_moment(alert.since)} and was over {_moment(now)}:\n\n{alert.words}"
    return _mail(f"Strata: over: {alert.words}", text)


def _mail(subject: str, text: str) -> bool:
    try:
        send_mail(subject[:200], text, None, [settings.ALERT_EMAIL])
    except (OSError, smtplib.SMTPException):
        logger.warning("The mail server did not take an alert", exc_info=True)
        return False
    return True


def _moment(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%d %b %Y, %H:%M} UTC"
