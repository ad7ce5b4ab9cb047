"""The alert of a goal: once when it is missed, once when it is met again."""

from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from segments import goals
from segments.digest.mailing import OFF, Mail, is_configured, send_once
from segments.digest.recipients import recipients
from segments.goal_words import name_of, said, value_of
from segments.models import Goal
from tenants.addresses import merchant_url
from tenants.schema import connection


def tell(*, at: datetime) -> dict[str, int]:
    """Look at every goal and mail what changed since people were told; return counts.

    Without a mail server the pages alone say it, and nothing is sent later for it. Raises OSError
    when the mail server refused letters: whoever got theirs gets it no second time.
    """
    rows = goals.all_goals()
    goals.look(rows, at=at)
    news = [goal for goal in rows if goal.is_met is not None and goal.is_met != goal.told]
    to, sent, failed = list(recipients()), 0, 0
    for goal in news:
        if goal.told is not None and is_configured():
            done, refused = send_once(_mail(goal), about=_about(goal), to=to, at=at)
            sent, failed = sent + done, failed + refused
            if refused:
                continue
        Goal.objects.filter(pk=goal.pk).update(told=goal.is_met)
    if failed:
        raise OSError(f"{failed} letters were not taken by the mail server")
    return {"goals": len(rows), "missed": sum(g.is_met is False for g in rows), "sent": sent}


def _about(goal: Goal) -> str:
    state = "met" if goal.is_met else "missed"
    assert goal.since is not None
    return f"goal:{goal.pk}:{state}:{goal.since:%Y-%m-%dT%H:%M:%S}"


def _mail(goal: Goal) -> Mail:
    address = merchant_url(reverse("admin:goals", urlconf=settings.ROOT_URLCONF))
    facts = {
        "tenant": connection.tenant,
        "goal": goal,
        "said": said(goal),
        "name": name_of(goal),
        "value": value_of(goal),
        "link": address,
        "off": OFF,
    }
    state = "met again" if goal.is_met else "missed"
    return Mail(
        f"{connection.tenant.name}: goal {state}: {said(goal)}",
        render_to_string("segments/goal_letter.txt", facts),
        render_to_string("segments/goal_letter.html", facts),
    )
