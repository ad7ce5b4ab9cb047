"""Logs: the merchant and the request on each line, and nobody's data."""

import json
import logging

import pytest

from config.logging import JsonFormatter, redact
from tenants.request_id import current


def line(message: str, *arguments, **extra) -> dict:
    logger = logging.getLogger("test")
    record = logger.makeRecord("test", logging.INFO, "f", 1, message, arguments, None, extra=extra)
    return json.loads(JsonFormatter().format(record))


def test_a_line_names_the_merchant_and_the_request(tenant):
    token = current.set("abc12345")

    found = line("imported %s rows", 12, run=7)

    current.reset(token)
    assert {key: found[key] for key in ("level", "message", "schema", "request_id", "run")} == {
        "level": "INFO",
        "message": "imported 12 rows",
        "schema": "acme",
        "request_id": "abc12345",
        "run": 7,
    }


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("mail to kim.roe+x@shop.example.co.uk failed", "mail to [e-mail] failed"),
        ("GET /?q=kim%40shop.example", "GET /?q=[e-mail]"),
        ("call +44 20 7946 0958 now", "call [phone] now"),
        ("call (020) 7946 0958", "call [phone]"),
        ("GET /invitation/aBc-123_x:yZ0987/ HTTP", "GET /invitation/[token]/ HTTP"),
        ("/password/reset/MQ1234/c9-0abc/", "/password/reset/[token]/"),
        ('{"password": "hunter2hunter2"}', '{"password": [secret]}'),
        ("api_key=abcdef123 next", "api_key=[secret] next"),
        ("sent Bearer abcdefgh.ijkl", "sent Bearer [secret]"),
        ("shpat_0123456789abcdef", "[secret]"),
        (
            "12345678901 rows of order 1000-2000 at 12:30",
            "12345678901 rows of order 1000-2000 at 12:30",
        ),
        ("2026-11-20 14:25:35,123", "2026-11-20 14:25:35,123"),
    ],
)
def test_personal_data_and_secrets_are_left_out(text, shown):
    assert redact(text) == shown


def test_facts_and_exceptions_are_redacted_too(tenant):
    try:
        raise ValueError("no such person: kim@shop.example")
    except ValueError as error:
        record = logging.LogRecord("x", logging.ERROR, "f", 1, "oh", (), (type(error), error, None))
    record.who = "kim@shop.example"

    found = JsonFormatter().format(record)

    assert "kim@" not in found
    assert json.loads(found)["who"] == "[e-mail]"
