"""A stable share of the customers: the same people every time, independent of every other salt."""

from typing import TYPE_CHECKING, Any

from django.db.models.lookups import LessThan

from segments.rules.errors import RuleError, at
from segments.rules.kinds.base import Kind, read_text
from segments.rules.numbers import read_number
from segments.rules.operators import Operator, table
from segments.rules.speech import Speech, number

if TYPE_CHECKING:
    from segments.rules.fields import Field


class Sample(Kind):
    """A percentage and a salt: `{"percent": 10, "salt": "spring"}`."""

    key, label = "sample", "Sample"
    operators = table(
        Operator(
            "percent",
            "is in a sample of",
            "of {value}",
            lambda ask: LessThan(ask.scope.bucket(ask.value[1]), int(ask.value[0] * 100)),
        )
    )

    def read(self, field: "Field", raw: Any) -> Any:
        item = raw if isinstance(raw, dict) else {"percent": raw}
        with at("percent"):
            percent = read_number(item.get("percent"))
            if not 0 < percent <= 100 or percent * 100 != int(percent * 100):
                raise RuleError("A sample is 0.01 to 100 percent, in steps of 0.01.")
        with at("salt"):
            salt = read_text(item.get("salt", "sample"))
        return percent, salt

    def dump(self, value: Any) -> dict[str, Any]:
        return {"percent": float(value[0]), "salt": value[1]}

    def say(self, field: "Field", value: Any, speech: Speech) -> str:
        return f"{number(value[0])} % (“{value[1]}”)"


SAMPLE = Sample()
