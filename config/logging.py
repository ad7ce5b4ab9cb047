"""Logs: JSON lines in production, plain ones in development; the merchant on each."""

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from typing import Any

from tenants.request_id import current as request_id
from tenants.schema import connection

# What a line may never carry. Links of invitations and resets are tokens in a path.
PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(/(?:invitation|password/reset)/)[^\s/\"'?]{6,}(/[^\s/\"'?]+)?"), r"\1[token]"),
    (re.compile(r"[\w.+%-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+"), "[e-mail]"),
    (re.compile(r"\b(Bearer|Basic|Klaviyo-API-Key)\s+[\w.~+/=:-]{8,}", re.I), r"\1 [secret]"),
    (
        re.compile(
            r"([\"']?\b(?:password|passwd|secret|token|api_?key|authorization|sessionid|cookie|"
            r"csrftoken|csrfmiddlewaretoken)[\"']?\s*[=:]\s*)[\"']?[^\s\"',;&}]+[\"']?",
            re.I,
        ),
        r"\1[secret]",
    ),
    (re.compile(r"\b(?:shpat|shpss|shpca|shppa|pk|sk)_[A-Za-z0-9]{8,}"), "[secret]"),
    (re.compile(r"\bstrata_[0-9a-f]{12}_[0-9a-f]{16,}"), "[secret]"),
    (re.compile(r"gAAAAA[\w-]{20,}={0,2}"), "[secret]"),
    # With a leading + or with the separators people write; plain ids and counts are left alone.
    (re.compile(r"(?<![\w.])\+\d[\d ().-]{7,17}\d\b"), "[phone]"),
    (re.compile(r"(?<![\w.-])\(?0\d{1,4}\)?(?:[ -]\d{2,4}){2,4}\b"), "[phone]"),
)
STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {
    "message",
    "asctime",
    "request",
    "taskName",
}


def redact(text: str) -> str:
    """Return `text` without e-mail addresses, phone numbers, passwords, keys and tokens."""
    for pattern, instead in PATTERNS:
        text = pattern.sub(instead, text)
    return text


def _facts(record: logging.LogRecord) -> dict[str, Any]:
    """Return the extra facts a caller gave, redacted."""
    given = {key: value for key, value in vars(record).items() if key not in STANDARD}
    return {
        key: value if isinstance(value, int | float | bool | None) else redact(str(value))
        for key, value in given.items()
    }


class JsonFormatter(logging.Formatter):
    """One JSON object a line: when, level, logger, words, merchant, request, facts."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": redact(record.getMessage()),
            "schema": getattr(connection, "schema_name", "") or "",
        }
        if number := request_id.get():
            line["request_id"] = number
        line |= _facts(record)
        if record.exc_info:
            line["exception"] = redact("".join(traceback.format_exception(*record.exc_info)))
        return json.dumps(line, default=str, ensure_ascii=False)


class PlainFormatter(logging.Formatter):
    """A line for people, with the merchant in brackets, as redacted as production's."""

    def format(self, record: logging.LogRecord) -> str:
        record.schema = getattr(connection, "schema_name", "") or "-"
        return redact(super().format(record))


def configuration(*, production: bool, level: str) -> dict[str, Any]:
    """Return Django's LOGGING: everything to standard error."""
    formatter = "json" if production else "plain"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {"()": JsonFormatter},
            "plain": {
                "()": PlainFormatter,
                "format": "{asctime} {levelname} [{schema}] {name}: {message}",
                "style": "{",
            },
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": formatter}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.server": {"handlers": [], "level": "INFO", "propagate": True},
            "axes": {"level": "ERROR"},  # it writes user names; tenants.access writes what we keep
        },
    }
