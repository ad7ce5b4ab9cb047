"""How large a rule may be: declared once, checked at the door, served to the browser."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Bounds:
    """Counts; `max_bytes` is the rule's JSON in UTF-8."""

    max_depth: int = 5
    max_leaves: int = 100
    max_values: int = 500
    max_bytes: int = 64 * 1024
    max_segment_nesting: int = 5
    max_text: int = 500

    def describe(self) -> dict[str, int]:
        """Return the bounds for the browser."""
        return asdict(self)


BOUNDS = Bounds()
