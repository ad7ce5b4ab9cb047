"""Writing a playbook of one's own, and going back to the shipped one."""

from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction

from segments.models import Playbook
from segments.playbooks.reading import all_subjects
from tenants import audit

MOST = 12  # lines of content or channels: a playbook, no catalogue
LONGEST = {"tone": 120, "focus": 200, "cadence": 120}


@transaction.atomic
def save_playbook(subject: str, told: dict[str, Any], *, by: User | None) -> Playbook:
    """Keep a playbook; raise ValidationError by box. Lists are texts, one a line."""
    if subject not in all_subjects():
        raise ValidationError({"subject": "There is no such segment, stage or band any more."})
    values: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for name, most in LONGEST.items():
        values[name] = str(told.get(name, "")).strip()
        if len(values[name]) > most:
            faults[name] = f"Use at most {most} characters."
    values["urgency"] = str(told.get("urgency", ""))
    if values["urgency"] not in Playbook.Urgency.values:
        faults["urgency"] = "Choose low, medium or high."
    for name, longest in (("channels", 40), ("content", 120)):
        lines = [line.strip() for line in str(told.get(name, "")).splitlines() if line.strip()]
        values[name] = list(dict.fromkeys(lines))
        if len(values[name]) > MOST or any(len(line) > longest for line in lines):
            faults[name] = f"Write at most {MOST} lines of {longest} characters."
    if faults:
        raise ValidationError({box: [text] for box, text in faults.items()})
    row, _ = Playbook.objects.update_or_create(subject=subject, defaults={**values, "saved_by": by})
    audit.record(by, "playbook", row, subject=subject)
    return row


@transaction.atomic
def forget_playbook(subject: str, *, by: User | None) -> None:
    """Go back to the shipped playbook of a subject."""
    row = Playbook.objects.filter(subject=subject).first()
    if row is not None:
        audit.record(by, "playbook_reset", row, subject=subject)
        row.delete()
