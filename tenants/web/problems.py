"""Everything that goes wrong, as one shape: type, title, detail, and errors with their places."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, DataError, IntegrityError
from django.http import Http404, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response

from tenants.runs import Busy, JobFailed

CONTENT_TYPE = "application/problem+json"
logger = logging.getLogger("django.request")

Step = str | int
UNEXPECTED = "Something went wrong here. It was written down; trying again later may work."
OWN_WORDS = {
    401: "Send a service key: “Authorization: Bearer strata_…”.",
    404: "There is nothing at this address.",
    415: "Send JSON, with “Content-Type: application/json”.",
}


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, and where in what was sent."""

    message: str
    path: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Problem:
    """An answer that says what happened and what to do."""

    status: int
    detail: str
    errors: Sequence[Fault] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the body."""
        title = HTTPStatus(self.status).phrase
        return {
            "type": "urn:strata:" + title.lower().replace(" ", "-"),
            "title": title,
            "detail": self.detail,
            "errors": [{"path": list(one.path), "message": one.message} for one in self.errors],
        }


def invalid(*faults: Fault, status: int = 400) -> Problem:
    """Return the problem of something sent that cannot be taken."""
    detail = faults[0].message if len(faults) == 1 else f"{len(faults)} things are wrong."
    return Problem(status, detail, faults)


class Refusal(Exception):  # noqa: N818  # an answer, not a failure
    """Raise it to answer with a problem of one's own."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


Translator = Callable[[Any], Problem]
# An exception of a higher floor → its problem. The floor that owns the exception registers it.
TRANSLATORS: dict[type[Exception], Translator] = {
    Refusal: lambda error: error.problem,
    Http404: lambda error: Problem(404, OWN_WORDS[404]),
    PermissionDenied: lambda error: Problem(403, "You may not do this."),
    ValidationError: lambda error: invalid(*_django_faults(error)),
    JobFailed: lambda error: Problem(409, str(error)),
    Busy: lambda error: Problem(409, str(error)),
    IntegrityError: lambda error: Problem(
        409, "Somebody else changed the same just now. Try again."
    ),
    # What the database cannot hold: a number or a text beyond every field's bounds.
    DataError: lambda error: Problem(400, "Something in this request is too large to be stored."),
}


def translate(kind: type[Exception], to: Translator) -> None:
    """Let exceptions of `kind` be answered by `to`; raise ValueError when that is taken."""
    if kind in TRANSLATORS:
        raise ValueError(f"two translations of {kind.__name__}")
    TRANSLATORS[kind] = to


def problem_of(error: Exception) -> Problem:
    """Return the problem of an exception; 500, in general words, for one that nobody expected."""
    for kind in type(error).__mro__:
        if kind in TRANSLATORS:
            return TRANSLATORS[kind](error)
    if isinstance(error, exceptions.APIException):
        return _rest_problem(error)
    return Problem(500, UNEXPECTED)


def answer(error: Exception, context: Mapping[str, Any]) -> Response:
    """Be the exception handler of every API view."""
    problem = problem_of(error)
    if problem.status >= 500 or isinstance(error, DatabaseError):
        logger.error("API: %s", type(error).__name__, exc_info=error)
    response = Response(problem.as_json(), status=problem.status, content_type=CONTENT_TYPE)
    for name, value in problem.headers.items():
        response[name] = value
    return response


def plain_answer(problem: Problem) -> JsonResponse:
    """Return a problem where no API view is at work."""
    return JsonResponse(
        problem.as_json(),
        status=problem.status,
        content_type=CONTENT_TYPE,
        headers={"Cache-Control": "no-store", **problem.headers},
        json_dumps_params={"ensure_ascii": False},
    )


def _rest_problem(error: exceptions.APIException) -> Problem:
    if isinstance(error, exceptions.ValidationError):
        return invalid(*_rest_faults(error.detail))
    status = error.status_code
    said = OWN_WORDS.get(status, str(error.detail))
    if isinstance(error, exceptions.AuthenticationFailed):
        said = str(error.detail)
    headers = {}
    if header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return Problem(status, said, headers=headers)


def _rest_faults(detail: Any, path: tuple[Step, ...] = ()) -> Iterator[Fault]:
    """Yield the leaves of what REST framework nests by field and place."""
    if isinstance(detail, Mapping):
        for key, below in detail.items():
            step = () if key == "non_field_errors" else (key,)
            yield from _rest_faults(below, (*path, *step))
    elif isinstance(detail, list):
        for place, below in enumerate(detail):
            is_row = isinstance(below, Mapping | list)
            yield from _rest_faults(below, (*path, place) if is_row else path)
    else:
        yield Fault(str(detail), path)


def _django_faults(error: ValidationError) -> Iterator[Fault]:
    if not hasattr(error, "error_dict"):
        yield from (Fault(message) for message in error.messages)
        return
    for name, messages in error.message_dict.items():
        path = () if name == "__all__" else (name,)
        yield from (Fault(message, path) for message in messages)
