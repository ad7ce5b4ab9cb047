"""The stored documents: every question we ask a shop, one file each, none put together in code."""

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


@cache
def document(name: str) -> str:
    """Return the text of a stored document."""
    return (FOLDER / f"{name}.graphql").read_text(encoding="utf-8")


def inner_query(name: str) -> str:
    """Return a bulk operation's query without its comments, as a shop takes it."""
    lines = document(name).splitlines()
    return "\n".join(line for line in lines if not line.startswith("#"))


def names() -> list[str]:
    """Return the names of all documents."""
    return sorted(path.stem for path in FOLDER.glob("*.graphql"))
