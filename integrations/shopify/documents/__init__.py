"""The stored documents: every question we ask a shop, one file each, with the fragments it names.

What is read of an order or a customer stands in one fragment, so that a sweep and a webhook cannot
read different facts. Bulk queries hold their fields themselves: a shop takes those as bare text.
"""

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
_SPREAD = re.compile(r"\.\.\.([A-Z]\w+)")


@cache
def document(name: str) -> str:
    """Return the text of a stored document, its fragments after it."""
    text = (FOLDER / f"{name}.graphql").read_text(encoding="utf-8")
    named = sorted(set(_SPREAD.findall(text)))
    files = (FOLDER / "fragments" / f"{fragment}.graphql" for fragment in named)
    return "\n".join([text, *(file.read_text(encoding="utf-8") for file in files)])


def inner_query(name: str) -> str:
    """Return a bulk operation's query without its comments, as a shop takes it."""
    lines = document(name).splitlines()
    return "\n".join(line for line in lines if not line.startswith("#"))


def names() -> list[str]:
    """Return the names of all documents."""
    return sorted(path.stem for path in FOLDER.glob("*.graphql"))
