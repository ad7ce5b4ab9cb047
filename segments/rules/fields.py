"""What may be asked: fields of a customer, behaviours and the fields of their rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from segments.rules.errors import RuleError
from segments.rules.scope import Scope

if TYPE_CHECKING:
    from segments.rules.kinds.base import Kind
    from segments.rules.tree import Behaviour

Choices = Callable[[], Sequence[tuple[str, str]]]  # (key, label) pairs, read when needed


def _no_choices() -> Sequence[tuple[str, str]]:
    return ()


def _finds_nothing(raw: Any) -> int:
    raise RuleError("This field names no segments.")


@dataclass(frozen=True)
class Beside:
    """Rows beside a customer's own, one each at most, and a field's value on such a row.

    The row's primary key is the customer. Asking these rows alone and looking the customers up
    costs a third of joining everybody's.
    """

    model: Any
    sql: Callable[[Scope], Any]


@dataclass(frozen=True)
class Field:
    """One value of a customer, or of a row of what they did."""

    key: str
    label: str
    kind: "Kind"
    sql: Callable[[Scope], Any]  # the value as a Django expression
    family: str = ""  # the builder's palette
    spelling: str = ""  # of text that is stored unfolded: the column its spellings are kept under
    phrase: str | None = None  # in the sentence; the label in lower case unless given
    choices: Choices = _no_choices
    find: Callable[[Any], int] = _finds_nothing  # a segment's id from its id, slug or name
    facts: frozenset[str] = field(default_factory=frozenset)  # what makes it stale
    is_temporal: bool = False  # its value changes with the day alone
    is_sensitive: bool = False
    help: str = ""
    beside: Beside | None = None  # where the value stands, when not on the customer's own row

    def placed(self, family: str, facts: frozenset[str]) -> "Field":
        """Return the field in its family, standing on its facts unless it names its own."""
        return replace(self, family=family, facts=self.facts or facts)

    @property
    def spoken(self) -> str:
        """The field in the middle of a sentence."""
        if self.phrase is not None:
            return self.phrase
        return self.label[:1].lower() + self.label[1:]


@dataclass(frozen=True)
class Source:
    """Something customers do: rows with a customer, a day, and fields of their own.

    `rows(scope, all_orders)` returns the rows up to `as_of` that count. `day` and `moment` name the
    columns a window compares; `fields` are what `where` and `measure` may name.
    """

    key: str
    label: str  # "Placed an order"
    verb: str  # in the sentence: "placed"
    noun: str  # "order"
    nouns: str  # "orders"
    rows: Callable[[Scope, bool], Any]
    day: str
    fields: Mapping[str, Field]
    moment: str = ""
    order: str = ""  # the column that names a row's order
    orders: str = ""  # the column that counts all orders of the row's customer
    facts: frozenset[str] = field(default_factory=frozenset)
    # The same answer from what is rolled up, for the questions that have one; None for all others.
    rolled: "Callable[[Behaviour, Scope], Any] | None" = None


class Catalogue(Protocol):
    """All that may be asked in one merchant's store."""

    def field(self, key: str) -> Field | None:
        """Return the field called `key`; a bare name may mean a custom attribute."""
        ...

    def source(self, key: str) -> Source | None:
        """Return the behaviour called `key`."""
        ...

    def suggestions(self, key: str) -> Sequence[str]:
        """Return the keys of known fields nearest to a misspelt one."""
        ...
