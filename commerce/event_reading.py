"""Reading one event that a program sent: checked by hand, a thousand in a few milliseconds."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from commerce.ingest import EventRecord

KEYS = frozenset(["id", "name", "occurred_at", "customer_id", "email", "properties"])
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
AHEAD = timedelta(hours=24)  # a clock that is wrong, not a plan
MOST_PROPERTIES, MOST_BYTES, LONGEST_KEY = 100, 8 * 1024, 100
NAME = re.compile(r"[^\x00-\x1f\x7f]{1,64}")


class Rejected(Exception):  # noqa: N818 - a state
    """The event cannot be taken: why, and which part of it."""

    def __init__(self, words: str, *path: str | int) -> None:
        super().__init__(words)
        self.words, self.path = words, path


def read_event(sent: Any, *, at: datetime) -> EventRecord:
    """Return the event; raise Rejected with its first fault. Without a moment it happened `at`."""
    if not isinstance(sent, dict):
        raise Rejected("An event is an object.")
    for key in sent:
        if key not in KEYS:
            raise Rejected("This is not known here. Check the spelling.", str(key))
    person, email = _text(sent, "customer_id", 191), _text(sent, "email", 254)
    if not person and not email:
        raise Rejected("Say who did it, by customer_id or email.", "customer_id")
    if email and ("@" not in email or " " in email):
        raise Rejected("This is no e-mail address.", "email")
    name = _text(sent, "name", 64)
    if not name or not NAME.fullmatch(name):
        raise Rejected("Give the event a name of 1 to 64 characters.", "name")
    event_id = _text(sent, "id", 191)
    if not event_id:
        raise Rejected("Give the event an id of its own, so that it counts once.", "id")
    return EventRecord(
        external_id=event_id,
        name=name,
        occurred_at=_moment(sent.get("occurred_at"), at=at),
        person=person or None,
        email=email or None,
        properties=_properties(sent.get("properties")),
    )


def _text(sent: dict[str, Any], key: str, longest: int) -> str:
    value = sent.get(key)
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise Rejected("This is a text.", key)
    value = value.strip()
    if len(value) > longest:
        raise Rejected(f"This has {longest} characters at most.", key)
    return value


def _moment(value: Any, *, at: datetime) -> datetime:
    if value is None:
        return at
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        words = "Write the moment with its offset, such as 2026-11-20T09:30:00Z."
        raise Rejected(words, "occurred_at")
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        moment = EARLIEST - AHEAD
    if not EARLIEST <= moment <= at + AHEAD:
        raise Rejected("The moment lies before the year 2000 or in the future.", "occurred_at")
    return moment


def _properties(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Rejected("Properties are values by name.", "properties")
    if len(value) > MOST_PROPERTIES:
        raise Rejected(f"An event has {MOST_PROPERTIES} properties at most.", "properties")
    for key, one in value.items():
        if not 1 <= len(key) <= LONGEST_KEY:
            words = f"A property's name has 1 to {LONGEST_KEY} characters."
            raise Rejected(words, "properties", key[:LONGEST_KEY])
        parts = one if isinstance(one, list) else [one]
        if not all(part is None or isinstance(part, str | int | float | bool) for part in parts):
            words = "A property is a text, a number, yes or no, or a list of those."
            raise Rejected(words, "properties", key)
    if len(json.dumps(value, ensure_ascii=False).encode()) > MOST_BYTES:
        raise Rejected(f"Properties have {MOST_BYTES // 1024} KiB at most.", "properties")
    return value
