"""What this floor holds about customers: told, and forgotten. Ledgers keep counts, not who."""

from typing import Any

from django.db.backends.utils import CursorWrapper
from django.db.models import Model, Q, QuerySet
from psycopg import sql

from commerce.erasure.parts import PARTS, Moment, Part, People, rows
from segments import membership
from segments.models import (
    EngagementScore,
    LastContact,
    LifecycleStage,
    ManualMember,
    Membership,
    MembershipChange,
    PqlScore,
    Redemption,
    RfmScore,
    ScoreChange,
    Task,
    WaitingCause,
)
from segments.models.membership import Cause

SCORES: tuple[type[Model], ...] = (RfmScore, EngagementScore, PqlScore, LifecycleStage)
# Who had a score leaves it in the ledger too: movement tables add up.
_LEAVE_SCORES = """
    INSERT INTO segments_scorechange (run_id, customer_id, model, from_key, to_key, cause, "on")
    SELECT r.id, NULL::bigint, 'rfm', s.segment, '', 'erasure', %(on)s
    FROM segments_rfmscore s
    CROSS JOIN (SELECT max(id) AS id FROM segments_scorerun WHERE model = 'rfm') r
    WHERE s.customer_id = ANY(%(customers)s) AND s.segment <> '' AND r.id IS NOT NULL
    UNION ALL
    SELECT r.id, NULL::bigint, 'lifecycle', s.stage, '', 'erasure', %(on)s
    FROM segments_lifecyclestage s
    CROSS JOIN (SELECT max(id) AS id FROM segments_scorerun WHERE model = 'lifecycle') r
    WHERE s.customer_id = ANY(%(customers)s) AND r.id IS NOT NULL
"""
_NOBODY = sql.SQL("SELECT NULL::bigint AS segment_id, NULL::bigint AS customer_id WHERE false")


def _tell(people: People) -> dict[str, Any] | None:
    theirs = {"customer__in": people.customers}
    members = Membership.objects.filter(**theirs).order_by("pk")
    told = {
        "segments": list(members.values("segment__name", "since")),
        "entries_and_exits": list(
            MembershipChange.objects.filter(**theirs)
            .order_by("pk")
            .values("segment__name", "entered", "cause", "at")
        ),
        "scores": {
            str(model._meta.verbose_name): found
            for model in SCORES
            if (found := list(model._default_manager.filter(**theirs).values()))
        },
        "movements": rows(ScoreChange.objects.filter(**theirs)),
        "chosen_by_hand": list(
            ManualMember.objects.filter(**theirs).values("segment__name", "added_at")
        ),
        "tasks": list(Task.objects.filter(**theirs).values("title", "note", "created_at")),
        "redemptions": list(
            _redemptions(people).values("code__code", "redeemed_at", "amount", "order")
        ),
        "last_contact": list(LastContact.objects.filter(**theirs).values("contacted_on")),
    }
    return told if any(told.values()) else None


def _erase(cursor: CursorWrapper, people: People, moment: Moment) -> int:
    theirs = {"customer__in": people.customers}
    values: dict[str, Any] = {"customers": list(people.customers), "on": moment.on}
    count = _leave_segments(cursor, people, moment)
    count += ManualMember.objects.filter(**theirs).delete()[0]
    cursor.execute(_LEAVE_SCORES, values)
    for model in SCORES:
        count += model._default_manager.filter(**theirs).delete()[0]
    LastContact.objects.filter(**theirs).delete()
    WaitingCause.objects.filter(customer_id__in=people.customers).delete()
    count += _redemptions(people).update(customer=None, email_key="")
    for ledger in (MembershipChange, ScoreChange, Task):
        count += ledger._default_manager.filter(**theirs).update(customer=None)
    return count


def _redemptions(people: People) -> "QuerySet[Redemption]":
    theirs = Q(customer__in=people.customers) | Q(email_key__in=people.emails)
    return Redemption.objects.filter(theirs)


def _leave_segments(cursor: CursorWrapper, people: People, moment: Moment) -> int:
    """Take them out of every segment, so that the ledger still adds up to its size."""
    found = Membership.objects.filter(customer__in=people.customers)
    segments = sorted(set(found.values_list("segment_id", flat=True)))
    count = found.count()
    if not segments:
        return 0
    cursor.execute("DROP TABLE IF EXISTS erased_member")
    cursor.execute(
        "CREATE TEMPORARY TABLE erased_member ON COMMIT DROP AS"
        " SELECT unnest(%s::bigint[]) AS customer_id",
        [list(people.customers)],
    )
    wanted = membership.Wanted(segments, _NOBODY, only=sql.Identifier("erased_member"))
    membership.refresh(cursor, wanted, membership.Because(Cause.ERASURE, moment.at))
    return count


PARTS.register(Part("segments", "Segments, scores and tasks", _erase, _tell))
