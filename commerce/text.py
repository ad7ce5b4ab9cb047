"""How text is folded before it is compared. Here, never in the database: collations differ."""

import unicodedata


def fold(text: str) -> str:
    """Return `text` as comparisons see it: NFKC, trimmed, without case."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def phone_digits(text: str) -> str:
    """Return the digits of a phone number, so that spaces and dashes do not matter."""
    return "".join(character for character in text if character.isdigit())
