"""`Idempotency-Key`: a write sent again with its key is answered as it was, and done once.

The answer is kept with what was written, in one transaction; whoever sends the same key meanwhile
waits for its end. Only success is kept: what was refused was not done, and may be sent again.
"""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from tenants.access.models import Answer, ServiceKey
from tenants.web.problems import Fault, Problem, Refusal, invalid

HEADER = "Idempotency-Key"
WRITES = frozenset(["POST", "PATCH", "PUT", "DELETE"])
KEPT = timedelta(days=1)
# A writer that is no one transaction (it starts a run in its own process) died after this long.
ABANDONED = timedelta(minutes=15)
LONGEST = 191
SAID = ("ETag",)  # headers that belong to what was answered


class Replay(Exception):  # noqa: N818  # an answer, not a failure
    """This was done already; `response` is what was answered then."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.key)
        self.response = Response(answer.body, status=answer.status)
        for name, value in answer.headers.items():
            self.response[name] = value
        self.response["Idempotency-Replayed"] = "true"


def is_asked(request: Any) -> bool:
    """Say whether a request carries a key."""
    return request.method in WRITES and HEADER in request.headers


def claim(request: Request, *, at: datetime) -> Answer:
    """Return the row that is this request's to fill; raise Replay, or Refusal (400, 409, 422)."""
    key = request.headers[HEADER].strip()
    if not 1 <= len(key) <= LONGEST or not key.isprintable():
        words = f"{HEADER} is a text of 1 to {LONGEST} characters."
        raise Refusal(invalid(Fault(words, (HEADER,))))
    Answer.objects.filter(created_at__lt=at - KEPT).delete()
    caller, asked = _caller(request), _asked(request)
    answer, is_mine = Answer.objects.get_or_create(
        caller=caller, key=key, defaults={"asked": asked, "created_at": at}
    )
    if is_mine:
        return answer
    if answer.asked != asked:
        words = "This key was sent with another request. Give each write a key of its own."
        raise Refusal(Problem(422, words, [Fault(words, (HEADER,))]))
    if answer.status is not None:
        raise Replay(answer)
    stale = Answer.objects.filter(pk=answer.pk, status=None, created_at__lt=at - ABANDONED)
    if not stale.update(created_at=at):
        words = "A request with this key is at work. Ask again in a moment."
        raise Refusal(Problem(409, words, headers={"Retry-After": "5"}))
    return answer


def keep(answer: Answer, response: Response) -> None:
    """Keep what was answered."""
    answer.status = response.status_code
    answer.body = (
        None if response.data is None else json.loads(JSONRenderer().render(response.data))
    )
    answer.headers = {name: response[name] for name in SAID if name in response}
    answer.save(update_fields=["status", "body", "headers"])


def give_up(answer: Answer) -> None:
    """Forget a claim whose request was refused: it may be sent again."""
    Answer.objects.filter(pk=answer.pk, status=None).delete()


def _caller(request: Request) -> str:
    if isinstance(request.auth, ServiceKey):
        return f"key:{request.auth.pk}"
    return f"user:{request.user.pk}"


def _asked(request: Request) -> str:
    body = json.dumps(request.data, sort_keys=True, ensure_ascii=False)
    text = f"{request.method} {request.get_full_path()}\n{body}"
    return hashlib.sha256(text.encode()).hexdigest()
