"""Who an unsaved rule finds: the exact count, its share, ten of them and why, per-node counts."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, Sum
from django.db.models.functions import Coalesce

from commerce.models import CustomerMetrics
from segments import sensitive
from segments.audience import StoreScope, audience, clock_at, population
from segments.base import base_figures
from segments.catalogue import StoreCatalogue
from segments.definitions import speech
from segments.models import Membership, Segment
from segments.rules.compile import compile_rule
from segments.rules.compile_leaf import unknown_matches
from segments.rules.parse import parse
from segments.rules.sentence import say, sentence
from segments.rules.tree import Behaviour, Group, Leaf, Logic, Node, is_evaluated
from segments.unknown_values import unknown_values
from tenants import audit

SAMPLES = 10
MOVED = 3  # of those who would enter, and of those who would leave
WIDE = Decimal("0.3")  # of the base: a segment this wide is rarely meant


@dataclass(frozen=True)
class Counted:
    """One node of the rule: how many it finds alone, and how many only for want of a value."""

    id: str
    customers: int
    unknown: int = 0


@dataclass(frozen=True)
class Preview:
    """What the builder shows beside the rule."""

    as_of: datetime
    total: int
    base: int
    reachable: int
    revenue: Decimal  # what the audience has spent, all time, net
    base_revenue: Decimal
    never_bought: int
    sentence: str


class Asked:
    """A rule under preview; every answer reads one clock."""

    def __init__(self, rules: Any, *, asker: audit.Actor, as_of: datetime | None = None) -> None:
        """Read `rules`; raise RuleError with the path of what is wrong, or not `asker`'s to ask."""
        self.catalogue = StoreCatalogue()
        self.tree: Group = parse(rules, self.catalogue)
        sensitive.check(self.tree, asker=asker)
        self.scope = StoreScope(clock_at(as_of))
        self.speech = speech(as_of=self.scope.clock.as_of)

    def totals(self) -> Preview:
        """Count the audience, and the base beside it.

        Two questions, not one scan with filters: the rule is looked at once, and by its indexes.
        """
        found = audience(self.tree, self.catalogue, self.scope).aggregate(
            total=Count("pk"),
            reachable=Count("pk", filter=Q(email_consent="subscribed")),
            revenue=Coalesce(Sum("spent"), Decimal(0)),
            never_bought=Count("pk", filter=Q(orders_count=0)),
        )
        base, revenue = base_figures()
        return Preview(
            as_of=self.scope.clock.as_of,
            sentence=sentence(self.tree, self.catalogue, self.speech),
            base=max(base, found["total"]),  # the base is counted once a minute
            base_revenue=revenue,
            **found,
        )

    def nodes(self) -> list[Counted]:
        """Count every node with an id, all in one scan."""
        nodes = [node for node in _nodes(self.tree) if node.id]
        filters: dict[str, Any] = {}
        for place, node in enumerate(nodes):
            condition = compile_rule(node, self.catalogue, self.scope)
            filters[f"node_{place}"] = Count("pk", filter=condition)
            unknown = self._unknown(node)
            if unknown is not None:
                filters[f"unknown_{place}"] = Count("pk", filter=condition & unknown)
        counts = population().aggregate(**filters) if filters else {}
        return [
            Counted(node.id, counts[f"node_{place}"], counts.get(f"unknown_{place}", 0))
            for place, node in enumerate(nodes)
        ]

    def _unknown(self, node: Node) -> Q | None:
        if not isinstance(node, Leaf):
            return None
        field = self.catalogue.field(node.field)
        assert field is not None
        return unknown_matches(node, field, self.scope)

    def samples(self) -> list[tuple[CustomerMetrics, list[str]]]:
        """Return the ten who spent most, each with the conditions that speak for them."""
        asked = _wanted(self.tree)
        leaves = [leaf for leaf, _ in asked]
        holds = {
            f"leaf_{place}": ExpressionWrapper(
                compile_rule(leaf, self.catalogue, self.scope), BooleanField()
            )
            for place, leaf in enumerate(leaves)
        }
        rows = audience(self.tree, self.catalogue, self.scope).select_related("customer")
        best = rows.order_by("-spent", "-pk").annotate(**holds)[:SAMPLES]
        said = [say(leaf, self.catalogue, self.speech) for leaf in leaves]
        reasons = [
            (f"leaf_{place}", wanted, said[place] if wanted else f"not: {said[place]}")
            for place, (_, wanted) in enumerate(asked)
        ]
        return [
            (row, [words for name, wanted, words in reasons if bool(getattr(row, name)) is wanted])
            for row in best
        ]

    def warnings(self, found: Preview) -> list[str]:
        """Return what is allowed but probably not meant."""
        said = []
        if not found.total:
            said.append(
                "Nobody matches. Look at the count of each condition to see which is too narrow."
            )
        elif found.total == found.base:
            said.append("Everybody matches: this rule leaves nobody out.")
        elif found.total > found.base * WIDE:
            said.append("More than 30 % of your customers match. Is it meant to be so wide?")
        if found.never_bought:
            said.append(f"{found.never_bought:,} of them have never bought.")
        return said + unknown_values(self.tree, self.catalogue, self.scope)

    def impact(self, segment: Segment) -> dict[str, Any]:
        """Return how many would enter and leave `segment` if this were saved, with some of each."""
        now = Membership.objects.filter(segment=segment).values("customer_id")
        wanted = audience(self.tree, self.catalogue, self.scope)
        entering = wanted.exclude(pk__in=now)
        leaving = CustomerMetrics.objects.filter(pk__in=now).exclude(pk__in=wanted.values("pk"))
        return {
            name: rows.aggregate(customers=Count("pk"), revenue=Coalesce(Sum("spent"), Decimal(0)))
            | {"samples": list(rows.select_related("customer").order_by("-spent", "-pk")[:MOVED])}
            for name, rows in (("entering", entering), ("leaving", leaving))
        }


def _nodes(node: Node) -> list[Group | Leaf | Behaviour]:
    """Return every evaluated node but filters inside behaviours."""
    if not is_evaluated(node):
        return []
    below = node.rules if isinstance(node, Group) else ()
    return [node, *(found for rule in below for found in _nodes(rule))]


def _wanted(node: Node, *, wanted: bool = True) -> list[tuple[Leaf | Behaviour, bool]]:
    """Return every condition, and whether it is to hold: under NONE it is not to."""
    if not is_evaluated(node):
        return []
    if not isinstance(node, Group):
        return [(node, wanted)]
    below = wanted is not (node.logic is Logic.NONE)
    return [found for rule in node.rules for found in _wanted(rule, wanted=below)]
