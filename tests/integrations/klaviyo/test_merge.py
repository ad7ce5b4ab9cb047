"""The merge against a model: whatever both sides do, they agree, and stay agreed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.klaviyo.guards import concern, print_of
from integrations.klaviyo.merge import BOTH, KLAVIYO, OURS, PULL, PUSH, UNION, Plan, Rules, merge

CUSTOMERS = list(range(6))
FOREIGN = ["01X", "01Y"]  # profiles that are nobody's customer
RULES = [
    Rules(direction, policy, takes_members)
    for direction in (PUSH, PULL, BOTH)
    for policy in (OURS, KLAVIYO, UNION)
    for takes_members in (False, True)
]
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["enter", "leave", "join", "part"]), st.sampled_from(CUSTOMERS + FOREIGN)
    ),
    max_size=6,
)


class Pair:
    """A segment and a list, and what is kept about them."""

    def __init__(self, rules):
        self.rules = rules
        self.wanted, self.theirs = set(), set()
        self.base, self.excluded = set(), set()

    def edit(self, what, who):
        """Let somebody change one side."""
        if what in ("enter", "leave") and who in CUSTOMERS:
            (self.wanted.add if what == "enter" else self.wanted.discard)(who)
        elif what in ("join", "part"):
            (self.theirs.add if what == "join" else self.theirs.discard)(who)

    def plan(self):
        return merge(
            base=self.base,
            wanted=self.wanted,
            theirs=self.theirs,
            excluded=self.excluded,
            rules=self.rules,
        )

    def sync(self):
        """Do a plan as the machine does: nobody's customer cannot become a member."""
        plan = self.plan()
        self.theirs = (self.theirs | plan.add_there) - plan.remove_there
        came = {who for who in plan.add_here if who in CUSTOMERS}
        self.wanted = (self.wanted | came) - plan.remove_here
        self.excluded = (self.excluded - plan.lift) | plan.exclude
        again = self.plan()
        self.base = set(again.base - again.add_there - again.add_here)
        return plan


@settings(max_examples=150, deadline=None)
@given(rules=st.sampled_from(RULES), rounds=st.lists(EDITS, min_size=1, max_size=4))
def test_after_every_sync_both_sides_agree_as_the_policy_says(rules, rounds):
    pair = Pair(rules)
    for edits in rounds:
        for what, who in edits:
            pair.edit(what, who)
        theirs_before, wanted_before = set(pair.theirs), set(pair.wanted)
        pair.sync()

        if not rules.writes:
            assert pair.theirs == theirs_before
            if rules.takes_members and rules.policy == KLAVIYO:
                assert pair.wanted == pair.theirs & set(CUSTOMERS)
        elif rules.policy == OURS:
            assert pair.theirs == pair.wanted
        elif rules.fills_segment:
            assert pair.theirs - set(FOREIGN) == pair.wanted
        else:
            assert pair.wanted - pair.excluded <= pair.theirs
            assert not pair.excluded & pair.theirs
        if not rules.fills_segment:
            assert pair.wanted == wanted_before


@settings(max_examples=150, deadline=None)
@given(rules=st.sampled_from(RULES), rounds=st.lists(EDITS, min_size=1, max_size=4))
def test_three_more_syncs_without_a_change_do_nothing(rules, rounds):
    pair = Pair(rules)
    for edits in rounds:
        for what, who in edits:
            pair.edit(what, who)
        pair.sync()

    for _ in range(3):
        plan = pair.sync()

        waiting = {key for key in plan.add_here if key in FOREIGN}
        assert (plan.add_there, plan.remove_there, plan.remove_here) == (set(), set(), set())
        assert plan.add_here == waiting
        assert (plan.exclude, plan.undone) == (set(), set())


@settings(max_examples=100, deadline=None)
@given(
    rules=st.sampled_from([one for one in RULES if one.policy != OURS]),
    rounds=st.lists(EDITS, min_size=1, max_size=3),
    who=st.sampled_from(CUSTOMERS),
)
def test_whoever_was_taken_out_at_klaviyo_is_not_added_again(rules, rounds, who):
    pair = Pair(rules)
    for edits in rounds:
        for what, one in edits:
            pair.edit(what, one)
    pair.edit("enter", who)
    pair.edit("join", who)
    pair.sync()

    pair.edit("part", who)
    pair.sync()
    pair.sync()

    assert who not in pair.theirs


def test_a_computed_segment_leaves_people_of_klaviyo_alone_unless_it_decides():
    sides = {"base": set(), "wanted": {1}, "theirs": {2, "01X"}, "excluded": set()}

    theirs_stay = merge(**sides, rules=Rules(PUSH, KLAVIYO))
    ours_decides = merge(**sides, rules=Rules(PUSH, OURS))

    assert theirs_stay == Plan(add_there=frozenset({1}), base=frozenset({1}))
    assert ours_decides == Plan(
        add_there=frozenset({1}),
        remove_there=frozenset({2, "01X"}),
        undone=frozenset({2, "01X"}),
        base=frozenset({1}),
    )


def test_an_exclusion_ends_when_somebody_is_put_back_at_klaviyo():
    plan = merge(base=set(), wanted={1}, theirs={1}, excluded={1}, rules=Rules(PUSH, KLAVIYO))

    assert plan == Plan(lift=frozenset({1}), base=frozenset({1}))


def test_union_sends_somebody_again_who_left_the_segment_and_came_back():
    rules = Rules(PUSH, UNION)
    left = merge(base=set(), wanted=set(), theirs=set(), excluded={1}, rules=rules)
    back = merge(base=set(), wanted={1}, theirs=set(), excluded=set(), rules=rules)

    assert left.lift == {1}
    assert back.add_there == {1}


def removals(count):
    return Plan(remove_there=frozenset(range(count)))


@pytest.mark.parametrize(
    ("count", "base", "wanted", "asks"),
    [
        (50, 100, 50, False),  # not more than fifty
        (51, 255, 204, False),  # exactly a fifth
        (52, 255, 203, True),
        (1, 1, 0, True),  # the segment is empty
        (1_000, 100_000, 99_000, False),
    ],
)
def test_many_removals_are_asked_about(count, base, wanted, asks):
    words = concern(removals(count), base=base, wanted=wanted, theirs=base)

    assert bool(words) is asks


def test_what_somebody_allows_holds_for_exactly_these_removals():
    assert print_of(removals(60)) == print_of(removals(60))
    assert print_of(removals(60)) != print_of(removals(61))
    here = Plan(remove_here=frozenset(range(60)))
    assert print_of(here) != print_of(removals(60))
