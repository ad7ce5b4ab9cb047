"""The job that sends one mail to somebody of the team, and waits as long as it takes."""

from typing import Any

from tenants import jobs
from tenants.access import mails
from tenants.access.models import Mail
from tenants.jobs import Job
from tenants.runs import Later, RunHandle


def lane_of(params: dict[str, Any]) -> str:
    """Let each mail go by itself: one that hangs holds up no other."""
    return str(params.get("mail", ""))


def run_mail(handle: RunHandle) -> dict[str, Any]:
    """Send the mail of the run's parameters, unless that is done."""
    rows = Mail.objects.select_related("invitation", "user")
    mail = rows.filter(pk=handle.params["mail"], state=Mail.State.WAITING).first()
    if mail is None:
        return {"sent": 0}
    again_at = mails.send(mail, at=handle.moment)
    if again_at is not None:
        raise Later(at=again_at)
    mail.refresh_from_db(fields=["state"])
    return {"sent": int(mail.state == Mail.State.SENT)}


jobs.register(
    Job(
        key=mails.JOB,
        label="Mail the team",
        run=run_mail,
        queue="interactive",
        permission="access.manage_team",
        lane=lane_of,
        needs_params=True,
        help="Invitations, and links for a new password. The team page says how each one ended.",
    )
)
