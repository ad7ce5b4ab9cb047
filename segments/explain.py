"""Why a customer is in a segment or not, leaf by leaf, and when time alone will change that."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser

from commerce.models import Customer
from segments import sensitive
from segments.audience import clock_at
from segments.catalogue import StoreCatalogue
from segments.definitions import speech
from segments.explain_facts import Look, OneCatalogue, OneScope, Question, look
from segments.explain_future import Future, future_of
from segments.explain_outlook import Explanation, held_out, listed, outlook, with_membership
from segments.explain_seen import seen_by
from segments.models import Segment
from segments.rules.clock import Clock
from segments.rules.explain import Path, judge, leaves_of, tell
from segments.rules.parse import parse
from segments.rules.sentence import sentence
from segments.rules.tree import Group
from tenants import audit

NOBODY = AnonymousUser()

__all__ = ["CONTACT", "Explanation", "explain", "rules_of"]

# What names a person: withheld from whoever may not see contact details.
CONTACT = frozenset({"email", "email_domain", "phone", "first_name", "last_name"})


def explain(
    *,
    customer_id: int,
    rules: Any = None,
    segment: Segment | None = None,
    as_of: datetime | None = None,
    sees_contact: bool = False,
    asker: audit.Actor = NOBODY,
) -> Explanation:
    """Explain a rule, or a segment, for one customer as of an instant, now by default.

    Raises RuleError for rules that cannot be read, ObjectDoesNotExist for an unknown customer.
    Without `sees_contact` the values of names, addresses and numbers are withheld, and so are
    conditions on sensitive fields that `asker` may not use.
    """
    clock = clock_at(as_of)
    asked = rules if segment is None else rules_of(segment)
    if asked is None:
        assert segment is not None
        return listed(segment, customer_id, as_of=clock.as_of)
    question = _read(asked, customer_id, clock)
    told = _told(question, sees_contact=sees_contact, asker=asker)
    return told if segment is None else with_membership(told, segment)


@dataclass(frozen=True)
class _Question:
    """A rule, the customer it is asked of, and what its leaves found there."""

    tree: Group
    leaves: Mapping[Path, Question]
    catalogue: OneCatalogue
    scope: OneScope
    found: Look


def _read(rules: Any, customer_id: int, clock: Clock) -> _Question:
    catalogue = OneCatalogue(StoreCatalogue(), customer_id)
    tree, scope = parse(rules, catalogue), OneScope(clock, customer_id)
    leaves: Mapping[Path, Question] = dict(leaves_of(tree))
    found = look(leaves, catalogue, scope)
    if found is None:
        raise Customer.DoesNotExist(f"There is no customer {customer_id}.")
    return _Question(tree, leaves, catalogue, scope, found)


def _told(asked: _Question, *, sees_contact: bool, asker: audit.Actor) -> Explanation:
    tree, catalogue, scope, found = asked.tree, asked.catalogue, asked.scope, asked.found
    words, in_base = speech(as_of=scope.clock.as_of), bool(found.row["in_base"])
    future = future_of(tree, asked.leaves, found, catalogue, scope) if in_base else Future()
    seen = seen_by(asked.leaves, found, future, catalogue, scope)
    holds = in_base and bool(judge(tree, found.holds))
    hidden: frozenset[str] = frozenset() if sees_contact else CONTACT
    unsaid = frozenset() if sensitive.may_use(asker) else sensitive.sensitive_keys()
    said, said_by, is_whole = sensitive.shown(tree, catalogue, asker=asker)
    return Explanation(
        customer_id=scope.customer_id,
        as_of=scope.clock.as_of,
        holds=holds,
        sentence=sentence(said, said_by, words),
        outlook=outlook(holds, future, tree, catalogue, words) if in_base and is_whole else "",
        changes_on=future.turns_on,
        at_latest=bool(future.unsure and future.turns_on),
        untold=tuple(future.unsure),
        root=tell(tree, seen, catalogue, words, hidden=hidden, unsaid=unsaid),
        held_out="" if in_base else held_out(scope.customer_id),
    )


def rules_of(segment: Segment) -> Any:
    """Return the rule that decides about a segment; None where members are given as a list."""
    if segment.kind == Segment.Kind.RFM:
        return {"field": "rfm_segment", "operator": "eq", "value": segment.key}
    return segment.rules
