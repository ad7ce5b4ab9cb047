"""A rule as an English sentence, dates resolved."""

from segments.rules.behaviour import measured_field, window_field
from segments.rules.fields import Catalogue, Field, Source
from segments.rules.kinds.number import NUMBER
from segments.rules.measures import MEASURES
from segments.rules.shapes import SHAPES
from segments.rules.speech import Speech, joined
from segments.rules.tree import Behaviour, Group, Leaf, Logic, Node, enabled


def sentence(tree: Group, catalogue: Catalogue, speech: Speech) -> str:
    """Return the whole rule, with a capital and a full stop."""
    text = say(tree, catalogue, speech)
    return f"{text[:1].upper()}{text[1:]}." if text else "No condition is switched on: nobody."


def say(node: Node, catalogue: Catalogue, speech: Speech, *, inside: bool = False) -> str:
    """Return one node in words."""
    if isinstance(node, Group):
        return _group(node, catalogue, speech, inside=inside)
    if isinstance(node, Leaf):
        field = catalogue.field(node.field)
        assert field is not None
        return say_leaf(node, field, speech)
    source = catalogue.source(node.did)
    assert source is not None
    return _behaviour(node, source, speech)


def _group(node: Group, catalogue: Catalogue, speech: Speech, *, inside: bool) -> str:
    members = [rule for _, rule in enabled(node.rules)]
    parts = [say(rule, catalogue, speech, inside=True) for rule in members]
    return _joined(node.logic, parts, inside=inside)


def _joined(logic: Logic, parts: list[str], *, inside: bool) -> str:
    if not parts:
        return ""
    if logic is Logic.NONE:
        return f"none of these: {'; '.join(parts)}" if len(parts) > 1 else f"not ({parts[0]})"
    text = f", {'and' if logic is Logic.AND else 'or'} ".join(parts)
    return f"({text})" if inside and len(parts) > 1 else text


def say_leaf(leaf: Leaf, field: Field, speech: Speech) -> str:
    """Return a question about one value in words."""
    operator = field.kind.operators[leaf.operator]
    if operator.takes == "many":
        said = [field.kind.say(field, item, speech) for item in leaf.value]
        value = joined(said, operator.joint)
    else:
        value = SHAPES[operator.takes].say(field, leaf.value, speech)
    words = operator.words.format(value=value)
    known = " (and known)" if leaf.excludes_unknown else ""
    return f"{field.spoken} {words}{known}".strip()


def _behaviour(leaf: Behaviour, source: Source, speech: Speech) -> str:
    parts = [_measured(leaf, source, speech)]
    if leaf.where is not None:
        filters = _where(leaf.where, source, speech, inside=False)
        parts.append(f"where {filters}" if filters else "")
    if leaf.window is not None:
        field = window_field(source)
        operator = field.kind.operators[leaf.window.operator]
        value = SHAPES[operator.takes].say(field, leaf.window.value, speech)
        parts.append(operator.words.format(value=value))
    if leaf.all_orders:
        parts.append("(orders that do not count included)")
    return " ".join(part for part in parts if part)


def _where(node: Node, source: Source, speech: Speech, *, inside: bool) -> str:
    if isinstance(node, Group):
        parts = [_where(rule, source, speech, inside=True) for _, rule in enabled(node.rules)]
        return _joined(node.logic, [part for part in parts if part], inside=inside)
    assert isinstance(node, Leaf)
    return say_leaf(node, source.fields[node.field], speech)


def _measured(leaf: Behaviour, source: Source, speech: Speech) -> str:
    measure, of = MEASURES[leaf.measure], source.fields.get(leaf.measure_field)
    if measure.key == "count":
        return _counted(leaf, source, speech)
    operator = NUMBER.operators[leaf.operator]
    value = SHAPES[operator.takes].say(measured_field(measure, of), leaf.value, speech)
    name = measure.words.format(nouns=source.nouns, field=of.spoken if of else "")
    return f"{name} {operator.words.format(value=value)}"


def _counted(leaf: Behaviour, source: Source, speech: Speech) -> str:
    key, value = leaf.operator, leaf.value
    if (key, value) in (("eq", 0), ("lt", 1), ("lte", 0)):
        return f"never {source.verb} {_article(source.noun)}"
    if (key, value) in (("gte", 1), ("gt", 0)):
        return f"{source.verb} {_article(source.noun)}"
    said = SHAPES[NUMBER.operators[key].takes].say(
        measured_field(MEASURES["count"], None), value, speech
    )
    noun = source.noun if value == 1 else source.nouns
    words = NUMBER.operators[key].words.format(value=said)
    zero = ", none included" if key in ("lt", "lte", "ne") else ""
    return f"{source.verb} {words} {noun}{zero}"


def _article(noun: str) -> str:
    if noun.startswith("“"):  # an event by its name
        return noun
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"
