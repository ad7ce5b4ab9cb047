"""What a rule that cannot be understood raises."""

from collections.abc import Iterator
from contextlib import contextmanager

Step = str | int


class RuleError(ValueError):
    """A rule that cannot be understood, and where: so that the right box is marked."""

    def __init__(self, message: str, path: tuple[Step, ...] = ()) -> None:
        super().__init__(message)
        self.message, self.path = message, path

    def as_dict(self) -> dict[str, object]:
        """Return the error as the API gives it."""
        return {"path": list(self.path), "message": self.message}


@contextmanager
def at(*steps: Step) -> Iterator[None]:
    """Put `steps` in front of the path of any RuleError raised inside."""
    try:
        yield
    except RuleError as error:
        raise RuleError(error.message, (*steps, *error.path)) from None
