"""What an answer of Klaviyo's means: data, or one of the three errors. Pure."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from integrations.errors import PlatformError, ReconnectNeeded, Refused, TryLater
from tenants.http import Answer

_ROW = re.compile(r"/data/attributes/[\w-]+/data/(\d+)/")
MOST_WORDS = 300


class LimitReached(TryLater):
    """Klaviyo, or our own share of its limits, asks us to wait `seconds`."""


class KeyRefused(ReconnectNeeded):
    """The key is not accepted any more."""


class ScopeMissing(ReconnectNeeded):
    """The key may not do what was asked for."""


class Gone(Refused):
    """What was asked about does not exist (any more)."""


class Conflict(Refused):
    """Two profiles have the identifiers of one, or the thing is there already."""

    def __init__(self, words: str, *, profile_id: str = "") -> None:
        super().__init__(words)
        self.profile_id = profile_id


class Invalid(Refused):
    """Klaviyo does not take the request. `rows`: place in the request → its words."""

    def __init__(self, words: str, *, rows: dict[int, str]) -> None:
        super().__init__(words)
        self.rows = rows


@dataclass(frozen=True)
class Reply:
    """An answer that was a success."""

    status: int
    body: dict[str, Any] = field(default_factory=dict)

    @property
    def data(self) -> Any:
        return self.body.get("data")

    @property
    def next(self) -> str:
        """The address of the next page, or nothing."""
        return str((self.body.get("links") or {}).get("next") or "")


def judge(answer: Answer) -> Reply:
    """Return what Klaviyo said; raise TryLater, ReconnectNeeded or Refused, or a kind of these."""
    if 200 <= answer.status < 300:
        return Reply(answer.status, _body(answer) if answer.body else {})
    raise _error(answer)


def _error(answer: Answer) -> PlatformError:
    status = answer.status
    if status == 429:
        return LimitReached("Klaviyo asks us to wait.", seconds=retry_after(answer))
    if status >= 500:
        return TryLater(f"Klaviyo answers with an error of its own ({status}).")
    errors = _errors(answer)
    words = "; ".join(dict.fromkeys(str(one.get("detail") or "") for one in errors))[:MOST_WORDS]
    if status == 401:
        return KeyRefused("Klaviyo does not accept the key any more. Make a new one and paste it.")
    if status == 403:
        return ScopeMissing(f"Klaviyo does not let the key do this: {words}")
    if status in (404, 410):
        return Gone(f"Klaviyo does not know this any more: {words}")
    if status == 409:
        return Conflict(words, profile_id=_duplicate(errors))
    return Invalid(f"Klaviyo does not take this: {words}", rows=pointed(errors))


def retry_after(answer: Answer) -> float | None:
    """Return the seconds of a 429, None when it does not say."""
    text = str(answer.headers.get("Retry-After", "")).strip()
    return float(text) if text.isdecimal() and len(text) < 9 else None


def pointed(errors: list[dict[str, Any]]) -> dict[int, str]:
    """Return what is said about single rows: place → words."""
    found: dict[int, str] = {}
    for one in errors:
        match = _ROW.match(str((one.get("source") or {}).get("pointer") or ""))
        if match:
            found.setdefault(int(match[1]), str(one.get("detail") or "")[:MOST_WORDS])
    return found


def _body(answer: Answer) -> dict[str, Any]:
    try:
        body = json.loads(answer.body)
    except ValueError:
        raise TryLater("Klaviyo's answer broke off.") from None
    if not isinstance(body, dict):
        raise TryLater("Klaviyo's answer could not be read.")
    return body


def _errors(answer: Answer) -> list[dict[str, Any]]:
    try:
        found = json.loads(answer.body).get("errors")
    except (ValueError, AttributeError):
        return []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _duplicate(errors: list[dict[str, Any]]) -> str:
    found = ((one.get("meta") or {}).get("duplicate_profile_id") for one in errors)
    return next((str(id) for id in found if id), "")


def error_ids(answer: Answer) -> str:
    """Return the ids by which Klaviyo's support finds an error."""
    return ", ".join(str(one.get("id", ""))[:40] for one in _errors(answer)[:3])
