"""Nobody overwrites what they have not seen: ETag of what was read, If-Match of what is changed."""

import hashlib
from typing import Any

from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from tenants.schema import connection
from tenants.web.problems import Problem, Refusal

WRITES = frozenset(["PATCH", "PUT", "DELETE"])
CHANGED = "This was changed since you read it. Read it again, and take its new ETag."
NO_VERSIONS = "This address has no ETag. Leave “If-Match” out."


def etag_of(data: Any) -> str:
    """Return the tag of an answer: its version, or a hash of everything it says."""
    if isinstance(data, dict) and isinstance(data.get("version"), int):
        return f'"{data["version"]}"'
    return f'"{hashlib.sha256(JSONRenderer().render(data)).hexdigest()[:32]}"'


def is_asked(request: Any) -> bool:
    """Say whether a request is to be done only if nothing changed."""
    return request.method in WRITES and "If-Match" in request.headers


def hold(path: str) -> None:
    """Let one conditional change of an address at a time through, to the transaction's end."""
    with connection.cursor() as cursor:
        name = f"{connection.schema_name}:{path}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def refuse_changed(request: Request, current: Any) -> None:
    """Raise Refusal (412) unless `current`, as it is read now, is what the caller names."""
    named = [one.strip().removeprefix("W/") for one in request.headers["If-Match"].split(",")]
    if "*" not in named and etag_of(current) not in named:
        raise Refusal(Problem(412, CHANGED))
