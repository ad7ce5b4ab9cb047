"""Klaviyo's published description of its API beside what the sandbox is asked and answers."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from openapi_core import Config, OpenAPI
from openapi_core.testing import MockRequest, MockResponse

SPEC = (
    Path(__file__).resolve().parents[3]
    / ".."
    / "shared"
    / "contracts"
    / "klaviyo"
    / "openapi-2026-07-15.json"
)
MEDIA = "application/vnd.api+json"
ORIGIN = "https://a.klaviyo.com"


def load() -> OpenAPI:
    """Read the description, mended where it is known to differ from what Klaviyo does."""
    told = json.loads(SPEC.read_text())
    for schema in told["components"]["schemas"].values():
        _mend(schema)
    return OpenAPI.from_dict(told, config=Config(spec_validator_cls=None))


def _mend(schema: Any) -> None:
    """Links may be null; three equal alternatives are one."""
    if isinstance(schema, list):
        for part in schema:
            _mend(part)
    if not isinstance(schema, dict):
        return
    properties = schema.get("properties", {})
    for name in ("next", "prev"):
        if isinstance(properties.get(name), dict) and "self" in properties:
            properties[name]["nullable"] = True
    if "oneOf" in schema:
        schema["anyOf"] = schema.pop("oneOf")
    for part in schema.values():
        _mend(part)


class Contract:
    """Validates everything that goes over the wire and notes what does not fit."""

    def __init__(self, openapi: OpenAPI) -> None:
        self.openapi = openapi
        self.faults: list[str] = []
        self.checked = 0

    def watch(self, method, target, headers, body, outcome) -> None:
        """Check a request that succeeded, and its answer."""
        if not 200 <= outcome.status < 300:
            return
        self.checked += 1
        parts = urlsplit(target)
        request = MockRequest(
            ORIGIN,
            method.lower(),
            parts.path.rstrip("/"),
            args=dict(parse_qsl(parts.query)),
            headers={name.title(): headers.get(name, "") for name in ("authorization", "revision")},
            data=json.dumps(body).encode() if body is not None else None,
            content_type=MEDIA,
        )
        data = b"" if outcome.body is None else json.dumps(outcome.body).encode()
        answer = MockResponse(data, status_code=outcome.status, content_type=MEDIA)
        try:
            self.openapi.validate_request(request)
            if outcome.body is not None:
                self.openapi.validate_response(request, answer)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test has to say it
            cause = error.__cause__ or error
            more = getattr(cause, "schema_errors", "")
            self.faults.append(f"{method} {parts.path}: {type(cause).__name__} {_first(more)}")


def _first(errors) -> str:
    """Say where the first fault is, and what it is."""
    return "; ".join(f"{list(one.absolute_path)}: {one.message[-300:]}" for one in list(errors)[:2])
