"""Yes or no. `is_not_true` is the complement of `is_true`, the missing value included."""

from typing import TYPE_CHECKING, Any

from django.db.models.lookups import Exact

from segments.rules.errors import RuleError
from segments.rules.kinds.base import Kind
from segments.rules.kinds.number import SET
from segments.rules.operators import Operator, table

if TYPE_CHECKING:
    from segments.rules.fields import Field

TRUE = Operator("is_true", "is yes", "is yes", lambda ask: Exact(ask.lhs, True), takes="none")
FALSE = Operator("is_false", "is no", "is no", lambda ask: Exact(ask.lhs, False), takes="none")
WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class YesNo(Kind):
    """A yes, a no, or nothing known."""

    key, label = "yes_no", "Yes or no"
    operators = table(
        TRUE,
        FALSE,
        TRUE.opposite("is_not_true", "is not yes", "is not yes"),
        FALSE.opposite("is_not_false", "is not no", "is not no"),
        SET,
        SET.opposite("is_not_set", "is unknown", "is unknown"),
    )

    def read(self, field: "Field", raw: Any) -> bool:
        if isinstance(raw, bool):
            return raw
        if isinstance(raw, str) and raw.strip().lower() in WORDS:
            return WORDS[raw.strip().lower()]
        raise RuleError("Expected yes or no.")

    def normal(self, operator: str, raw: Any) -> tuple[str, Any]:
        """Read `eq true`, `ne true` and their like as the operators they mean."""
        if operator not in ("eq", "ne"):
            return operator, raw
        value = self.read(None, raw)  # type: ignore[arg-type]
        if operator == "eq":
            return ("is_true" if value else "is_false"), None
        return ("is_not_true" if value else "is_not_false"), None


YES_NO = YesNo()
