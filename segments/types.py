"""What kind of question a segment asks, told from the facts its rule stands on."""

from collections.abc import Iterable, Mapping

from segments.models import Segment

DEMOGRAPHIC, BEHAVIOURAL, LIFECYCLE, RFM, PREDICTIVE = (
    "demographic",
    "behavioural",
    "lifecycle",
    "rfm",
    "predictive",
)
LABELS = {
    DEMOGRAPHIC: "Demographic",
    BEHAVIOURAL: "Behavioural",
    LIFECYCLE: "Lifecycle",
    RFM: "RFM",
    PREDICTIVE: "Predictive",
}
# Beginnings of facts, the strongest first: a rule of several kinds is what its strongest fact is.
FACTS = (
    ("score:value", PREDICTIVE),
    ("score:churn", PREDICTIVE),
    ("score:pql", PREDICTIVE),
    ("score:lookalike", PREDICTIVE),
    ("score:lifecycle", LIFECYCLE),
    ("score:rfm", RFM),
    ("score:", BEHAVIOURAL),
    ("event:", BEHAVIOURAL),
    ("activity", BEHAVIOURAL),
    ("samples", BEHAVIOURAL),
    ("orders", BEHAVIOURAL),
    ("profile", DEMOGRAPHIC),
)
KINDS = {Segment.Kind.RFM: RFM, Segment.Kind.LIFECYCLE: LIFECYCLE}


def type_of(segment: Segment, others: Mapping[int, Segment] | None = None) -> str:
    """Return the type of a segment, "" of one that asks nothing: chosen by hand, or mirrored.

    One that reads only other segments (`others`, by id) has the strongest of their types.
    """
    if segment.kind in KINDS:
        return KINDS[Segment.Kind(segment.kind)]
    if segment.kind != Segment.Kind.RULES:
        return ""
    return _strongest(segment, others or {}, frozenset())


def _strongest(segment: Segment, others: Mapping[int, Segment], seen: frozenset[int]) -> str:
    facts = segment.stands_on.get("facts", ())
    found = {_of_facts(facts)}
    for pk in segment.stands_on.get("segments", ()):
        child = others.get(pk)
        if child is not None and pk not in seen:
            found.add(KINDS.get(Segment.Kind(child.kind)) or _strongest(child, others, seen | {pk}))
    order = [key for _, key in FACTS]
    return min((key for key in found if key), key=order.index, default="")


def _of_facts(facts: Iterable[str]) -> str:
    for beginning, key in FACTS:
        if any(fact.startswith(beginning) for fact in facts):
            return key
    return ""
