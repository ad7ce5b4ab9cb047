"""What a shop's answer means: data, partial data, or one of the three errors. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from integrations.errors import ReconnectNeeded, Refused, TryLater
from integrations.shopify.bucket import Told
from tenants.http import Answer

# What stands between us and a shop until the merchant does something, by HTTP status.
CLOSED = {
    401: "Shopify does not accept the store's token any more. Reconnect the store.",
    402: "Shopify has frozen the store because a bill is unpaid. Once it is paid, reconnect it.",
    403: "Shopify does not let this app read the store. Check the app's access, then reconnect.",
    404: "Shopify knows no store of this name any more.",
    423: "Shopify has locked the store. Once it is open again, reconnect it.",
}
SOONEST = 1.0  # seconds that Shopify recommends after a 429 without a time
SECURITY_REST = 60.0


class Throttled(TryLater):
    """The budget is spent; `seconds` until there is enough again."""


class TokenRefused(ReconnectNeeded):
    """The token is not accepted: it may have run out, so another one is worth a try."""


class ScopeMissing(ReconnectNeeded):
    """The app may not read something that was asked for."""


@dataclass(frozen=True)
class Reply:
    """Data, what of it does not exist, and what the answer told about itself."""

    data: dict[str, Any]
    not_found: tuple[str, ...] = ()  # paths: "segment", "nodes.3"
    told: Told | None = None
    cost: float | None = None
    request_id: str = ""
    version: str = ""


@dataclass
class _Body:
    data: dict[str, Any] | None = None
    errors: list[dict[str, Any]] = field(default_factory=list)
    extensions: dict[str, Any] = field(default_factory=dict)


def request_id(headers: Mapping[str, str]) -> str:
    """Return the id under which Shopify's support finds a request."""
    return str(headers.get("X-Request-Id", ""))[:80]


def judge(answer: Answer) -> Reply:
    """Return what the shop said; raise TryLater, ReconnectNeeded or Refused."""
    _check_status(answer)
    body = _read(answer)
    cost, told = _cost(body)
    missing = _check_errors(body, told=told)
    _check_search(body)
    if body.data is None:
        raise TryLater("Shopify's answer held no data.")
    return Reply(
        data=body.data,
        not_found=missing,
        told=told,
        cost=cost,
        request_id=request_id(answer.headers),
        version=str(answer.headers.get("X-Shopify-API-Version", "")),
    )


def _check_status(answer: Answer) -> None:
    status = answer.status
    if status == 200:
        return
    if status == 401:
        raise TokenRefused(CLOSED[401])
    if status in CLOSED:
        raise ReconnectNeeded(CLOSED[status])
    if status == 429:
        raise Throttled("Shopify asks for a pause.", seconds=retry_after(answer.headers))
    if status == 430:
        raise TryLater("Shopify turned the request away for a while.", seconds=SECURITY_REST)
    if status >= 500:
        raise TryLater(f"Shopify is out of order just now (HTTP {status}).")
    raise Refused(f"Shopify refused the request (HTTP {status}).")


def retry_after(headers: Mapping[str, str], *, now: datetime | None = None) -> float:
    """Return the seconds a 429 asks for, told as seconds or as a date; at least one."""
    text = str(headers.get("Retry-After", "")).strip()
    try:
        seconds = float(text)
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            return SOONEST
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = (moment - (now or datetime.now(UTC))).total_seconds()
    return max(SOONEST, seconds) if seconds == seconds else SOONEST


def _read(answer: Answer) -> _Body:
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        raise TryLater("Shopify's answer was cut off.") from None
    if not isinstance(found, dict):
        raise TryLater("Shopify's answer was not what it should be.")
    errors = found.get("errors") or []
    if isinstance(errors, str):  # bodies of refusals are not always lists
        errors = [{"message": errors}]
    extensions = found.get("extensions")
    return _Body(
        data=found.get("data"),
        errors=[each for each in errors if isinstance(each, dict)],
        extensions=extensions if isinstance(extensions, dict) else {},
    )


def _cost(body: _Body) -> tuple[float | None, Told | None]:
    cost = body.extensions.get("cost") or {}
    status = cost.get("throttleStatus") or {}
    try:
        told = Told(
            float(status["currentlyAvailable"]),
            float(status["maximumAvailable"]),
            float(status["restoreRate"]),
        )
    except (KeyError, TypeError, ValueError):
        told = None
    requested = cost.get("requestedQueryCost")
    return (float(requested) if requested is not None else None), told


def _check_errors(body: _Body, *, told: Told | None) -> tuple[str, ...]:
    """Raise what the errors mean; return the paths of what does not exist."""
    missing = []
    for error in body.errors:
        code = str((error.get("extensions") or {}).get("code", ""))
        message = str(error.get("message", ""))[:300]
        if code == "THROTTLED":
            raise Throttled("The store's budget of requests is spent.", seconds=_wait(body, told))
        if code == "MAX_COST_EXCEEDED":
            raise Refused("The question costs more than Shopify allows at once.")
        if code in ("INTERNAL_SERVER_ERROR", "TIMEOUT", "SERVICE_UNAVAILABLE"):
            raise TryLater("Shopify is out of order just now.")
        if code == "ACCESS_DENIED":
            raise ScopeMissing(_scope_words(error))
        if code in ("NOT_FOUND", "RESOURCE_NOT_FOUND") and body.data is not None:
            missing.append(".".join(map(str, error.get("path") or [])))
            continue
        raise Refused(f"Shopify did not understand the request: {message}")
    return tuple(missing)


def _wait(body: _Body, told: Told | None) -> float:
    requested = float((body.extensions.get("cost") or {}).get("requestedQueryCost") or 0)
    if told is None or told.rate <= 0:
        return SOONEST
    return max(0.1, (requested - told.available) / told.rate)


def _scope_words(error: dict[str, Any]) -> str:
    extensions = error.get("extensions") or {}
    what = ".".join(map(str, error.get("path") or [])) or "something that was asked for"
    needed = str(extensions.get("requiredAccess", ""))[:200]
    words = f"Shopify does not let this app read “{what}”."
    return f"{words} It needs: {needed}" if needed else words


def _check_search(body: _Body) -> None:
    """Refuse an answer whose filter was partly ignored: it lists everything."""
    for search in body.extensions.get("search") or []:
        for warning in search.get("warnings") or []:
            field_name = str(warning.get("field", ""))[:60]
            raise Refused(f"Shopify ignored the filter “{field_name}”, so its answer is not used.")
