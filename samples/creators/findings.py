"""The daily list of what somebody should look at, kept as rows that others may act on.

A trigger (segments.actions.changes) reads `Finding` rows and keeps for itself which it acted on; a
row is open until `ended_on`.
"""

import logging
import smtplib
from collections.abc import Iterable
from datetime import date, datetime

from django.conf import settings as project
from django.contrib.auth.models import Permission, User
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse

from samples.creators import chasing, rights
from samples.models import Finding, FollowUpSettings
from tenants.addresses import merchant_url

logger = logging.getLogger(__name__)
Kind = Finding.Kind
BATCH = 5_000


def look(*, on: date, at: datetime) -> dict[str, int]:
    """Open what is found on the local day `on`, end what is over; return new rows by kind.

    New rows carry the moment `at`, from which triggers listen.
    """
    settings = FollowUpSettings.current()
    pending = chasing.waiting_too_long(on=on, settings=settings)
    unposted = chasing.to_chase(on=on, settings=settings)
    ending = rights.ending(on=on)
    with transaction.atomic():
        return {
            Kind.PENDING: _keep(Kind.PENDING, pending.values_list("pk", "creator"), on=on, at=at),
            Kind.NOT_POSTED: _keep(
                Kind.NOT_POSTED, unposted.values_list("pk", "creator"), on=on, at=at
            ),
            Kind.RIGHT_ENDS: _keep(
                Kind.RIGHT_ENDS, ending.values_list("pk", "creator"), on=on, at=at, names="right_id"
            ),
        }


def _keep(
    kind: str,
    found: "Iterable[tuple[int, int | None]]",
    *,
    on: date,
    at: datetime,
    names: str = "order_id",
) -> int:
    owners = dict(found)
    rows = Finding.objects.filter(kind=kind, ended_on=None)
    known = {subject: pk for pk, subject in rows.values_list("pk", names)}
    over = [pk for subject, pk in known.items() if subject not in owners]
    for start in range(0, len(over), BATCH):
        Finding.objects.filter(pk__in=over[start : start + BATCH]).update(ended_on=on)
    new = [
        Finding(kind=kind, creator_id=creator, found_on=on, found_at=at, **{names: subject})
        for subject, creator in sorted(owners.items())
        if subject not in known
    ]
    Finding.objects.bulk_create(new, batch_size=BATCH, ignore_conflicts=True)
    return len(new)


def mail_team(found: dict[str, int]) -> int:
    """Tell those who work with samples what is new, if the merchant wants it; return how many.

    Outside any transaction. A mail server that is away costs the mail, not the day's findings.
    """
    if not any(found.values()) or not FollowUpSettings.current().mails_staff:
        return 0
    facts = {
        "lines": [(Kind(kind).label, number) for kind, number in found.items() if number],
        "link": merchant_url(reverse("admin:samples_chase", urlconf=project.ROOT_URLCONF)),
    }
    body, sent = render_to_string("samples/findings_email.txt", facts), 0
    for address in team_addresses():
        try:
            send_mail("Samples to look after", body, None, [address])
        except (OSError, smtplib.SMTPException):
            logger.warning("The mail server did not take a mail about samples", exc_info=True)
            return sent
        sent += 1
    return sent


def team_addresses() -> list[str]:
    """Return the addresses of the active members who may change creators."""
    allowed = Permission.objects.filter(
        codename="change_creator", content_type__app_label="samples"
    )
    may = (
        Q(groups__permissions__in=allowed) | Q(user_permissions__in=allowed) | Q(is_superuser=True)
    )
    people = User.objects.filter(may, is_active=True).exclude(email="").order_by("pk").distinct()
    return list(people.values_list("email", flat=True))
