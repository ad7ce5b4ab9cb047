"""The rank rule against its definition."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segments.scoring.rfm.ranking import cuts_of_counts

values = st.lists(st.integers(0, 12) | st.integers(0, 1000), min_size=1, max_size=60)


def rank_scores(numbers, steps):
    """min(k, 1 + k·worse ÷ (n − 1)), counted one by one."""
    n = len(numbers)
    if n == 1:
        return [1]
    worse = [sum(other < number for other in numbers) for number in numbers]
    return [min(steps, 1 + steps * count // (n - 1)) for count in worse]


def scores_by_cuts(numbers, steps):
    limits = cuts_of_counts(sorted(Counter(numbers).items()), steps=steps)
    return [1 + sum(limit is not None and number > limit for limit in limits) for number in numbers]


@pytest.mark.parametrize("steps", [4, 5])
@given(numbers=values)
def test_cuts_give_the_scores_of_the_rule(steps, numbers):
    assert scores_by_cuts(numbers, steps) == rank_scores(numbers, steps)


def test_five_is_better_than_four_fifths_of_the_others():
    assert scores_by_cuts(list(range(1, 7)), 5) == [1, 2, 3, 4, 5, 5]


def test_one_customer_scores_one():
    assert scores_by_cuts([7], 5) == [1]


def test_all_alike_score_one():
    assert scores_by_cuts([3, 3, 3, 3, 3, 3], 5) == [1] * 6
