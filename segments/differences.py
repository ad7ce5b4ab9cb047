"""What an edit changed, in words: conditions that came, went, or stand elsewhere."""

from collections import Counter
from typing import Any

from segments.rules.errors import RuleError
from segments.rules.fields import Catalogue
from segments.rules.parse import parse
from segments.rules.sentence import say
from segments.rules.speech import Speech
from segments.rules.tree import Group, Node


def differences(
    before: dict[str, Any], after: Group, *, catalogue: Catalogue, speech: Speech
) -> list[str]:
    """Return a sentence for each condition added or removed, or for a mere rearrangement."""
    try:
        earlier = parse(before, catalogue)
    except RuleError:
        return ["The rule before no longer held."]
    was, now = (Counter(_conditions(tree, catalogue, speech)) for tree in (earlier, after))
    found = [f"Added: {words}." for words in (now - was).elements()]
    found += [f"Removed: {words}." for words in (was - now).elements()]
    return found or ["The same conditions, combined differently."]


def _conditions(node: Node, catalogue: Catalogue, speech: Speech) -> list[str]:
    if isinstance(node, Group):
        found = [words for rule in node.rules for words in _conditions(rule, catalogue, speech)]
        return [f"{words} (switched off)" for words in found] if node.disabled else found
    words = say(node, catalogue, speech)
    return [f"{words} (switched off)" if node.disabled else words]
