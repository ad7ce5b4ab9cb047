"""Laws of RFM over random stores: SQL equals plain Python, a daily pass equals a full one."""

import os
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings

from commerce.rollups import refresh_all
from segments import services
from segments.models import Membership, MembershipChange, RfmScore, ScoreChange
from tests.segments.rfm_stores import FIRST_DAY, Store, definitions, expected_scores, stores

law = settings(
    max_examples=int(os.environ.get("LAW_EXAMPLES", "20")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # a store shrinks for minutes and says little more
)


@pytest.fixture(autouse=True)
def each_example_in_acme(tenant):
    return tenant


def written():
    """Everything a pass leaves, without ids."""
    return {
        "scores": sorted(RfmScore.objects.values_list()),
        "members": sorted(Membership.objects.values_list("segment__key", "customer", "since")),
        "moves": sorted(
            ScoreChange.objects.values_list(
                "customer", "from_key", "to_key", "cause", "on", "run__as_of"
            )
        ),
        "changes": sorted(
            MembershipChange.objects.values_list(
                "segment__key", "customer", "entered", "cause", "at"
            )
        ),
    }


def play(store, told, definition, *, is_full):
    """Run the passes of a story, change after change; return what each left."""
    day, left = FIRST_DAY, []
    for advance, changes, cause in [(0, [], "data"), *told["steps"]]:
        day += timedelta(days=advance)
        for kind, number, values in changes:
            store.change(kind, number, values, cause=cause)
        if told["has_metrics"]:
            with connection.cursor() as cursor:
                refresh_all(cursor, on=day)
        at = datetime.combine(day, time(12), UTC) + timedelta(minutes=len(left))
        run = services.compute_rfm(definition, as_of=day, at=at, is_full=is_full)
        found = {row[0]: row[1:4] + row[4:7] + row[8:10] for row in RfmScore.objects.values_list()}
        assert found == expected_scores(definition, day)
        left.append((run.cells, run.distribution, written()))
    return left


def undone(story):
    """Return what `story` returns, and take back everything it wrote."""
    with transaction.atomic():
        result = story()
        transaction.set_rollback(True)
    return result


@law
@given(told=stores, definition=definitions)
def test_a_daily_pass_leaves_what_a_full_pass_leaves(told, definition):
    def story():
        store = Store()
        store.write(told)
        daily = undone(lambda: play(store, told, definition, is_full=False))
        full = undone(lambda: play(store, told, definition, is_full=True))

        assert daily == full

    undone(story)
