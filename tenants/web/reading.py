"""Reading what a program sends: JSON, of a bounded size, of text that can be stored."""

import json
import re
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.parsers import BaseParser

from tenants.web.problems import Fault, Problem, Refusal, invalid

MAX_BYTES = 256 * 1024  # a view may take more: `max_bytes`
NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")  # as JSON writes it; not the six characters themselves


class StrictJsonParser(BaseParser):
    """JSON by the letter: no NaN, no half characters, no NUL, no more than the view takes."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        most = getattr((parser_context or {}).get("view"), "max_bytes", MAX_BYTES)
        body = stream.read(most + 1)
        if len(body) > most:
            raise Refusal(Problem(413, f"A request has {most // 1024:,} KiB at most."))
        return read_json(body)


def read_json(body: bytes) -> Any:
    """Return what `body` says; raise Refusal (400) in words."""
    try:
        data = json.loads(body.decode(), parse_constant=_refuse_constant)
        text = json.dumps(data, ensure_ascii=False)
        text.encode()
    except UnicodeDecodeError:
        raise _unreadable("This is not UTF-8.") from None
    except UnicodeEncodeError:
        raise _unreadable("A text holds half a character (a lone surrogate).") from None
    except RecursionError:
        raise _unreadable("The JSON is nested too deeply.") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _unreadable(f"This is not JSON: {error.msg} at {where}.") from None
    except ValueError as error:  # a constant, or a number of thousands of digits
        raise _unreadable(f"This is not JSON: {error}.") from None
    if NUL.search(text):
        raise _unreadable("A text holds a NUL character, which cannot be stored.")
    return data


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _unreadable(words: str) -> Refusal:
    return Refusal(invalid(Fault(words)))
