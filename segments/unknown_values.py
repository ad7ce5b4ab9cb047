"""Words in a rule that nobody in the store has: a slip of the keyboard, and what was meant."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.expressions import Func

from commerce.models import Customer, CustomerHabits, OrderLine, Spelling
from commerce.patience import TooSlowError, patience
from commerce.text import fold
from segments.audience import population
from segments.rules.conditions import as_q
from segments.rules.fields import Catalogue, Field, Source
from segments.rules.operators import Ask
from segments.rules.scope import Scope
from segments.rules.tree import Behaviour, Group, Leaf, Node, is_evaluated, walk

EXACT = {"text": "eq", "list": "has_any"}  # kind → the operator that asks for one whole word
ASKED = frozenset({"eq", "ne", "in", "not_in", "has_any", "has_all", "has_none"})
# What names a person is told to nobody, not even that no such person exists.
CONTACT = frozenset({"email", "email_domain", "phone", "first_name", "last_name"})
MOST = 20  # words looked up for one preview
WAIT_MS = 400  # for each look-up: a warning that comes later is of no use
CANDIDATES = 5_000  # words of the store that a misspelt one is compared with
RECENT = 20_000  # rows whose words those are, where no list of words is kept
# Folded column → where its spelling stands.
_SPELT: dict[str, tuple[Any, str]] = {
    "category_key": (OrderLine, "category"),
    "product_key": (OrderLine, "product"),
    "city_key": (Customer, "city"),
    "region_key": (Customer, "region"),
    "tier_key": (Customer, "loyalty_tier"),
}


@dataclass(frozen=True)
class _Word:
    """One word of a rule, and what it is compared with."""

    text: str
    field: Field
    source: Source | None
    all_orders: bool = False


def unknown_values(tree: Group, catalogue: Catalogue, scope: Scope) -> list[str]:
    """Return a warning for each word that nobody has; what cannot be told in time is left out."""
    words = {
        (word.text, word.field.key, word.source and word.source.key): word
        for word in _words(tree, catalogue)
    }
    asked = list(words.values())[:MOST]
    return [warning for word in asked if (warning := _warning(word, scope))]


def _words(node: Node, catalogue: Catalogue) -> Iterator[_Word]:
    if not is_evaluated(node):
        return
    if isinstance(node, Group):
        for rule in node.rules:
            yield from _words(rule, catalogue)
    elif isinstance(node, Leaf):
        yield from _of_leaf(node, catalogue.field(node.field), None)
    elif node.where is not None:
        yield from _of_filters(node, catalogue.source(node.did))


def _of_filters(node: Behaviour, source: Source | None) -> Iterator[_Word]:
    if source is None or node.where is None:
        return
    for leaf in walk(node.where):
        if isinstance(leaf, Leaf) and is_evaluated(leaf):
            yield from _of_leaf(leaf, source.fields.get(leaf.field), source, node.all_orders)


def _of_leaf(
    leaf: Leaf, field: Field | None, source: Source | None, all_orders: bool = False
) -> Iterator[_Word]:
    if field is None or field.kind.key not in EXACT or leaf.operator not in ASKED:
        return
    if source is None and field.key in CONTACT:
        return
    values = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
    for value in values:
        yield _Word(str(value), field, source, all_orders)


def _warning(word: _Word, scope: Scope) -> str:
    try:
        with patience(WAIT_MS):
            if _is_known(word, scope):
                return ""
            near = get_close_matches(fold(word.text), _candidates(word, scope), n=1, cutoff=0.6)
            meant = _spelt(word, near[0], scope) if near else ""
    except TooSlowError:
        return ""
    who = word.source.noun if word.source else "customer"
    hint = f" Did you mean “{meant}”?" if meant else ""
    return f"No {who} has the {word.field.label.lower()} “{word.text}”.{hint}"


def _is_known(word: _Word, scope: Scope) -> bool:
    field, folded = word.field, fold(word.text)
    if field.spelling:
        held = Spelling.objects.filter(column=field.spelling, key=folded)
        return held.exists() or not scope.keeps_all(field.spelling)
    if _is_bought(word):
        return CustomerHabits.objects.filter(categories__contains=[folded]).exists()
    operator = field.kind.operators[EXACT[field.kind.key]]
    value = (word.text,) if field.kind.key == "list" else word.text
    condition = operator.build(Ask(field, field.sql(scope), value, scope))
    return _rows(word, scope).filter(as_q(condition)).exists()


def _is_bought(word: _Word) -> bool:
    """Whether the category is one of counted orders, which stand beside every customer."""
    key = word.source.key if word.source else ""
    return (key, word.field.key, word.all_orders) == ("order_line", "category", False)


def _rows(word: _Word, scope: Scope) -> "QuerySet[Any]":
    if word.source is None:
        return population()
    rows: QuerySet[Any] = word.source.rows(scope, True)
    return rows


def _candidates(word: _Word, scope: Scope) -> list[str]:
    """Return folded words of the store that may have been meant."""
    if word.field.spelling:
        held = Spelling.objects.filter(column=word.field.spelling).exclude(value="")
        return list(held.values_list("key", flat=True).distinct()[:CANDIDATES])
    if _is_bought(word):
        every = Func(F("categories"), function="unnest")
        rows: Any = CustomerHabits.objects.values_list(every, flat=True).distinct()
        return list(rows[:CANDIDATES])
    value: Any = word.field.sql(scope)
    if word.field.kind.key == "list":
        value = Func(value, function="unnest")
    found = _rows(word, scope).annotate(said=value).values_list("said", flat=True)
    latest = found.order_by("-pk")[:RECENT] if word.source else found.distinct()[:CANDIDATES]
    return sorted({fold(str(text)) for text in latest if text})


def _spelt(word: _Word, key: str, scope: Scope) -> str:
    """Return a folded word as the store writes it."""
    if word.field.spelling:
        held = Spelling.objects.filter(column=word.field.spelling, key=key).order_by("value")
        return held.values_list("value", flat=True).first() or key
    column = getattr(word.field.sql(scope), "name", "")
    if column not in _SPELT:
        return key
    model, name = _SPELT[column]
    found: str | None = model.objects.filter(**{column: key}).values_list(name, flat=True).first()
    return found or key
