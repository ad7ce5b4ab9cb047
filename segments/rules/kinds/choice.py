"""One of a known set: a segment of a score, a stage. Written by label or key, saved as key."""

from typing import TYPE_CHECKING, Any

from django.db.models.lookups import Exact, In

from commerce.text import fold
from segments.rules.errors import RuleError
from segments.rules.kinds.base import Kind, read_text
from segments.rules.kinds.text import SET, is_filled
from segments.rules.operators import Operator, table
from segments.rules.speech import Speech

if TYPE_CHECKING:
    from segments.rules.fields import Field

EQ = Operator("eq", "is", "is {value}", lambda ask: Exact(ask.lhs, ask.value))
IN = Operator(
    "in", "is any of", "is {value}", lambda ask: In(ask.lhs, list(ask.value)), takes="many"
)


class Choice(Kind):
    """A key out of the field's choices."""

    key, label = "choice", "Choice"
    operators = table(
        EQ,
        EQ.opposite("ne", "is not", "is not {value}"),
        IN,
        IN.opposite("not_in", "is none of", "is none of {value}"),
        SET,
        SET.opposite("is_not_set", "is unknown", "is unknown"),
    )

    def read(self, field: "Field", raw: Any) -> str:
        wanted = fold(read_text(raw)).replace("’", "'")
        labels = dict(field.choices())
        for key, label in labels.items():
            if wanted in (fold(key), fold(label).replace("’", "'")):
                return key
        known = ", ".join(list(labels.values())[:12])
        raise RuleError(f"“{str(raw)[:40]}” is not one of: {known}.")

    def say(self, field: "Field", value: str, speech: Speech) -> str:
        return dict(field.choices()).get(value, value)

    def is_known(self, lhs: Any) -> Any:
        return is_filled(lhs)


CHOICE = Choice()
