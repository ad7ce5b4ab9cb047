"""What a kind of value is: how it is read, written, said, and which operators it owns."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models.lookups import IsNull

from segments.rules.bounds import BOUNDS
from segments.rules.errors import RuleError
from segments.rules.operators import Operator
from segments.rules.speech import Speech

if TYPE_CHECKING:
    from segments.rules.fields import Field


class Kind:
    """A stateless object; one instance each."""

    key: ClassVar[str]
    label: ClassVar[str]
    operators: ClassVar[Mapping[str, Operator]]
    aliases: ClassVar[Mapping[str, str]] = {}  # spellings accepted at the door
    has_hours: ClassVar[bool] = False

    def read(self, field: "Field", raw: Any) -> Any:
        """Read one value. Raise RuleError with what was expected."""
        raise NotImplementedError

    def dump(self, value: Any) -> Any:
        """Return one read value as JSON."""
        return value

    def say(self, field: "Field", value: Any, speech: Speech) -> str:
        """Return one read value in words."""
        return str(value)

    def order_key(self, value: Any) -> Any:
        """Return what tells which of two values comes first."""
        return value

    def is_known(self, lhs: Any) -> Any:
        """Return the condition that the value is there."""
        return IsNull(lhs, False)

    def normal(self, operator: str, raw: Any) -> tuple[str, Any]:
        """Return the canonical spelling of an operator and its value."""
        return self.aliases.get(operator, operator), raw

    def describe(self) -> dict[str, Any]:
        """Return the kind as the builder needs it."""
        return {
            "key": self.key,
            "label": self.label,
            "operators": [
                {
                    "key": operator.key,
                    "label": operator.label,
                    "takes": operator.takes,
                    "is_negative": operator.is_negative,
                }
                for operator in self.operators.values()
            ],
        }


def read_text(raw: Any) -> str:
    """Read a short text. Raise RuleError for other types, emptiness and what no database stores."""
    if not isinstance(raw, str):
        raise RuleError("Expected a text.")
    if not raw.strip():
        raise RuleError("Enter a text; empty text is the same as missing, ask “is not set”.")
    if len(raw) > BOUNDS.max_text:
        raise RuleError(f"A text holds {BOUNDS.max_text} characters at most.")
    if "\x00" in raw or any("\ud800" <= character <= "\udfff" for character in raw):
        raise RuleError("This text holds characters that cannot be compared. Type it again.")
    return raw.strip()
