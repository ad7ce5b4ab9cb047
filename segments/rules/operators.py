"""What an operator is: a key, words, the shape of its value, and the condition it builds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segments.rules.scope import Scope

if TYPE_CHECKING:
    from segments.rules.fields import Field


@dataclass(frozen=True)
class Ask:
    """One question being compiled: the field and its expression, the read value, the scope."""

    field: "Field"
    lhs: Any
    value: Any
    scope: Scope


@dataclass(frozen=True)
class Operator:
    """An entry of a kind. Its complement is made by `opposite`, never written by hand."""

    key: str
    label: str  # in the builder's menu
    words: str  # in the sentence, with {value}
    build: Callable[[Ask], Any]
    takes: str = "one"  # key in shapes.SHAPES
    is_negative: bool = False  # matches a missing value unless the leaf says otherwise
    is_temporal: bool = False  # the answer changes with the day alone
    joint: str = "or"  # between several values in the sentence

    @property
    def shares_base(self) -> bool:
        """Whether the answer compares a customer with everybody else."""
        return self.takes in ("percent", "count")

    def opposite(self, key: str, label: str, words: str) -> "Operator":
        """Return the exact complement, missing values included."""
        return Operator(
            key,
            label,
            words,
            self.build,
            self.takes,
            is_negative=True,
            is_temporal=self.is_temporal,
        )


def table(*operators: Operator) -> dict[str, Operator]:
    """Return operators by key; raise ValueError on a duplicate."""
    entries = {operator.key: operator for operator in operators}
    if len(entries) != len(operators):
        raise ValueError("two operators of a kind have the same key")
    return entries
