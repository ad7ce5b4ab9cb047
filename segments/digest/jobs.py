"""The weekly letter and the daily look at goals, as jobs."""

from datetime import time
from typing import Any

from segments import goals
from segments.digest import goal_letter
from segments.digest.letter import as_mail, read_letter
from segments.digest.mailing import is_configured, send_once
from segments.digest.recipients import recipients
from segments.digest.week import week_until
from tenants.jobs import Cadence, Job, register
from tenants.runs import RunHandle

DIGEST, GOALS = "digest", "goals"


def run_digest(handle: RunHandle) -> dict[str, Any]:
    """Send the letter to who wants it, each once a week; raise OSError for who did not get it."""
    to = list(recipients())
    if not is_configured() or not to:
        return {"recipients": len(to), "sent": 0, "mail_is_set_up": is_configured()}
    goals.look(goals.all_goals(), at=handle.moment)
    mail = as_mail(read_letter(at=handle.moment))
    about = f"digest:{week_until(handle.today).last}"
    sent, failed = send_once(mail, about=about, to=to, at=handle.moment)
    if failed:
        raise OSError(f"{failed} letters were not taken by the mail server")
    return {"recipients": len(to), "sent": sent}


def run_goals(handle: RunHandle) -> dict[str, Any]:
    """Look at every goal and mail what changed."""
    return goal_letter.tell(at=handle.moment)


register(
    Job(
        key=DIGEST,
        label="Weekly letter",
        run=run_digest,
        queue="interactive",
        cadence=Cadence.WEEKLY,
        at=time(7, 0),
        day=1,
        help="What moved in the last seven days and why, by e-mail to the members who want it.",
    )
)
register(
    Job(
        key=GOALS,
        label="Look at goals",
        run=run_goals,
        queue="interactive",
        cadence=Cadence.DAILY,
        at=time(6, 0),
        help="Whether each goal is met, with an e-mail when one is missed or met again.",
    )
)
