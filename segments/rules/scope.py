"""What a rule needs from the store while it is compiled. `segments.audience` provides it."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from segments.rules.clock import Clock

if TYPE_CHECKING:
    from segments.rules.fields import Field


class Scope(Protocol):
    """One evaluation: its clock and the look-ups that cannot be an expression over one row."""

    @property
    def clock(self) -> Clock:
        """The evaluation's clock."""
        ...

    def rolled_up_today(self) -> bool:
        """Say whether the numbers beside customers stand at this evaluation's day."""
        ...

    def cut_off(self, field: "Field", *, percent: Decimal, from_top: bool) -> Any:
        """Return the value that bounds a share of the base, or None when nobody has a value."""
        ...

    def best(self, field: "Field", *, count: int) -> Any:
        """Return a sub-query of the customers with the `count` highest values."""
        ...

    def in_base(self) -> Any:
        """Return the condition of belonging to the base that shares are taken of."""
        ...

    def members(self, segments: Sequence[int]) -> Any:
        """Return a sub-query of the members of any of `segments`, as of this evaluation."""
        ...

    def members_on(self, segments: Sequence[int], day: date) -> Any:
        """Return a sub-query of who was in any of `segments` at the end of `day`."""
        ...

    def moved(self, segments: Sequence[int], *, entered: bool, first: Any, last: Any) -> Any:
        """Return a sub-query of who entered (or left) one of `segments` between two instants."""
        ...

    def spellings(self, column: str, test: Callable[[str], bool]) -> list[str]:
        """Return the stored spellings of `column` whose folded form passes `test`."""
        ...

    def keeps_all(self, column: str) -> bool:
        """Say whether every spelling of `column` is stored: not where they are too many or long."""
        ...

    def bucket(self, salt: str) -> Any:
        """Return an expression of a customer's stable bucket, 0 to 9,999."""
        ...
