"""How this Klaviyo says no: a list of errors, each with a pointer where there is one."""

import uuid
from typing import Any


def error(
    status: int,
    code: str,
    detail: str,
    *,
    title: str = "Invalid input.",
    pointer: str = "",
    parameter: str = "",
    meta: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return one error object."""
    source: dict[str, str] = {}
    if pointer:
        source["pointer"] = pointer
    if parameter:
        source["parameter"] = parameter
    return {
        "id": str(uuid.uuid4()),
        "status": status,
        "code": code,
        "title": title,
        "detail": detail,
        "source": source,
        "links": {},
        "meta": meta or {},
    }


class Problem(Exception):  # noqa: N818 - an answer
    """An answer that is no success: a status, its errors, and headers."""

    def __init__(
        self,
        status: int,
        errors: list[dict[str, Any]],
        *,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(str(status))
        self.status, self.errors, self.headers = status, errors, headers or {}


def invalid(detail: str, *, pointer: str = "", parameter: str = "") -> Problem:
    """Return a 400 with one error."""
    return Problem(400, [error(400, "invalid", detail, pointer=pointer, parameter=parameter)])


def not_found(kind: str, id: str) -> Problem:
    """Return a 404 for something that is not in the account."""
    detail = f"A {kind} with id {id} does not exist."
    return Problem(404, [error(404, "not_found", detail, title="Not found.")])


def duplicate_profile(id: str) -> Problem:
    """Return the 409 of two profiles with the same identifier."""
    detail = "A profile already exists with one of these identifiers."
    return Problem(
        409,
        [
            error(
                409,
                "duplicate_profile",
                detail,
                title="Conflict.",
                pointer="/data/attributes",
                meta={"duplicate_profile_id": id},
            )
        ],
    )


def conflict(detail: str, *, code: str = "conflict") -> Problem:
    """Return another 409."""
    return Problem(409, [error(409, code, detail, title="Conflict.", pointer="/data")])
