"""A mail to people of the team: one for each run, however many customers it concerns."""

import logging
import smtplib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings as project
from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from segments.actions import finding_words
from segments.actions.kinds.kind import KINDS, Kind, Options
from segments.actions.people import split
from segments.actions.wording import count_of, happened
from segments.models import Trigger
from tenants import effects
from tenants.access.models import Effect
from tenants.addresses import merchant_url
from tenants.effects import Result

logger = logging.getLogger(__name__)


def _choices() -> list[tuple[str, str]]:
    people = User.objects.filter(is_active=True).exclude(email="").order_by("email")
    return [(str(person.pk), person.get_full_name() or person.email) for person in people]


class MailOptions(Options):
    people = forms.MultipleChoiceField(
        label="Who gets it", choices=_choices, widget=forms.CheckboxSelectMultiple
    )
    words = forms.CharField(
        label="What to do then",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Stands in the mail. The mail names no customer; it leads to them.",
    )


class StaffEmail(Kind):
    key, label, icon = "staff_email", "Mail the team", "mail"
    help = "One mail for each run that finds somebody, with their number and a link."
    form = MailOptions
    goes_out, is_inside, page = True, False, 0
    takes_samples = True

    def summary(self, options: dict[str, Any]) -> str:
        count = len(options["people"])
        return f"mail {count} of the team" if count > 1 else "mail one of the team"

    def deliver(
        self, trigger: Trigger, effects_: Sequence[Effect], *, at: datetime
    ) -> Iterator[Result]:
        effects_, over = _open(trigger, effects_)
        yield from over
        if not effects_:
            return
        people = User.objects.filter(pk__in=trigger.options["people"], is_active=True)
        addresses = list(people.exclude(email="").order_by("pk").values_list("email", flat=True))
        if not addresses:
            yield effects_, effects.broken("Nobody of those who get this mail is in the team now.")
            return
        count = count_of(trigger, occasion=effects_[0].occasion)
        subject = f"{happened(trigger, count=count)}"
        body = render_to_string("segments/trigger_email.txt", _facts(trigger, subject))
        try:
            send_mail(subject[:200], body, None, addresses)
        except (OSError, smtplib.SMTPException):
            logger.warning("The mail server did not take a trigger's mail", exc_info=True)
            yield effects_, effects.again("The mail server did not take the mail.")
            return
        yield effects_, effects.done()


def _open(trigger: Trigger, all_: Sequence[Effect]) -> tuple[Sequence[Effect], list[Result]]:
    """Leave out samples that are settled by now; a mail names no customer, gone or not."""
    return split(trigger, all_, people={}) if trigger.on == Trigger.On.FOUND else (all_, [])


def _facts(trigger: Trigger, subject: str) -> dict[str, Any]:
    links = {"trigger": reverse("admin:trigger", args=[trigger.pk], urlconf=project.ROOT_URLCONF)}
    if trigger.segment is not None:
        name = "admin:segments_segment_change"
        links["segment"] = reverse(name, args=[trigger.segment.pk], urlconf=project.ROOT_URLCONF)
    if trigger.on == Trigger.On.FOUND:
        links["samples"] = finding_words.WORDS[trigger.finding].path
    facts = {"subject": subject, "words": trigger.options.get("words", ""), "trigger": trigger}
    return facts | {f"{key}_link": merchant_url(path) for key, path in links.items()}


KINDS.register(StaffEmail())
