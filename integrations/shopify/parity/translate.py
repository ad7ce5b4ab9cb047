"""A Shopify segment query in the words of our rules, and a list of what they cannot say."""

from collections.abc import Callable
from dataclasses import dataclass, field

from integrations.shopify.parity.clauses import CLAUSES, EVENTS, UNSAYABLE
from integrations.shopify.parity.days import CannotSay, Rule
from integrations.shopify.parity.query import Condition, Group, Node

UNKNOWN = "Strata does not know this filter."


@dataclass(frozen=True)
class Remark:
    """A clause as it was written, and what there is to know about it."""

    clause: str
    words: str


@dataclass
class Translation:
    """`rules` is None when nothing could be said; `left_out` and `differs` name clauses."""

    rules: Rule | None = None
    left_out: list[Remark] = field(default_factory=list)
    differs: list[Remark] = field(default_factory=list)
    is_wider: bool = False  # a clause joined by AND is missing: more people than in Shopify
    is_narrower: bool = False  # one joined by OR is missing


def translate(
    query: Node | None, *, has_field: Callable[[str], bool] = lambda _key: True
) -> Translation:
    """Translate a query; `has_field` tells whether this store's rules know a field."""
    told = Translation()
    if query is None:
        return told
    found = _Translator(told, has_field).node(query)
    if found is not None:
        told.rules = found if "logic" in found else {"logic": "AND", "rules": [found]}
    return told


class _Translator:
    def __init__(self, told: Translation, has_field: Callable[[str], bool]) -> None:
        self.told = told
        self.has_field = has_field

    def node(self, node: Node) -> Rule | None:
        if isinstance(node, Group):
            return self.group(node)
        try:
            return self.clause(node)
        except CannotSay as reason:
            self.told.left_out.append(Remark(node.text[:300], str(reason)))
            return None

    def group(self, group: Group) -> Rule | None:
        """Translate what can be; the rest changes who belongs, and the translation says how."""
        logic = "AND" if group.join == "all" else "OR"
        found: list[Rule] = []
        for part in group.parts:
            rule = self.node(part)
            if rule is None:
                self.told.is_wider |= group.join == "all"
                self.told.is_narrower |= group.join == "any"
            elif rule.get("logic") == logic:
                found += rule["rules"]  # A AND (B AND C): one group less to read
            else:
                found.append(rule)
        return {"logic": logic, "rules": found} if found else None

    def clause(self, condition: Condition) -> Rule:
        name = condition.filter.lower()
        if reason := UNSAYABLE.get(name.partition(".")[0]):
            raise CannotSay(reason)
        table = EVENTS if condition.operator == "matches" else CLAUSES
        if name not in table:
            raise CannotSay(UNKNOWN)
        known = table[name]
        for key in known.fields:
            if not self.has_field(key):
                raise CannotSay(
                    "Nothing is known here to ask by. Connect the Shopify store and let it load."
                )
        rule = known.write(condition)
        if known.differs:
            self.told.differs.append(Remark(condition.text[:300], known.differs))
        return rule
