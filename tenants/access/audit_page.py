"""The audit page: who did what, when, and to what."""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from auditlog.models import LogEntry
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import QueryDict

from tenants import audit
from tenants.pages import PageView
from tenants.schema import connection

PER_PAGE = 50
EMPTY = (None, "", "None")  # how the audit writes that there was nothing
CHANGES = {"changed": LogEntry.Action.UPDATE, "added": LogEntry.Action.CREATE}
CHANGES |= {"deleted": LogEntry.Action.DELETE}


@dataclass(frozen=True)
class Line:
    """One row of the page, in words."""

    at: datetime
    who: str
    what: str
    subject: str
    facts: list[tuple[str, str]]


class AuditPage(PageView):
    """Newest first, filtered by person, action and day, fifty a page."""

    template_name = "access/audit.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET
        page = Paginator(entries(asked), PER_PAGE).get_page(asked.get("page"))
        others = asked.copy()
        others.pop("page", None)
        return super().get_context_data(
            **{
                "page_of": page,
                "lines": [_line(entry) for entry in page],
                "asked": asked,
                "query": others.urlencode(),
                "people": User.objects.order_by("username").values_list("pk", "username"),
                "actions": sorted(audit.LABELS.items(), key=lambda pair: pair[1]),
            }
            | kwargs
        )


def entries(asked: QueryDict) -> QuerySet[LogEntry]:
    """Return what the filters leave: person, action, from and to (the merchant's days)."""
    found = LogEntry.objects.select_related("actor", "content_type").order_by("-timestamp", "-pk")
    if (person := asked.get("person", "")).isdigit():
        found = found.filter(Q(actor=int(person)))
    if action := asked.get("action", ""):
        found = found.filter(_action(action))
    for name, lookup, shift in (("from", "gte", 0), ("to", "lt", 1)):
        if day := _day(asked.get(name, "")):
            found = found.filter(**{f"timestamp__{lookup}": _midnight(day + timedelta(days=shift))})
    return found


def _action(key: str) -> Q:
    if key in CHANGES:
        return Q(action=CHANGES[key], additional_data=None)
    return Q(additional_data__what=key)


def _day(text: str) -> date | None:
    with contextlib.suppress(ValueError):
        return date.fromisoformat(text)
    return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=connection.tenant.zone)


def _line(entry: LogEntry) -> Line:
    name = (entry.actor.get_full_name() or entry.actor.username) if entry.actor else ""
    return Line(
        at=entry.timestamp.astimezone(connection.tenant.zone),
        who=name or entry.actor_email or "The system",
        what=audit.label(entry),
        subject=entry.object_repr,
        facts=list(_facts(entry)),
    )


def _facts(entry: LogEntry) -> Iterable[tuple[str, str]]:
    for key, value in (entry.additional_data or {}).items():
        if key != "what":
            yield key.replace("_", " "), str(value)
    for field, change in (entry.changes or {}).items():
        old, new = change if isinstance(change, list) and len(change) == 2 else ("", change)
        is_new = entry.action == LogEntry.Action.CREATE
        if not (is_new and new in EMPTY):
            yield field.replace("_", " "), _word(new) if is_new else f"{_word(old)} → {_word(new)}"


def _word(value: Any) -> str:
    return {"True": "yes", "False": "no"}.get(str(value), "—" if value in EMPTY else str(value))
