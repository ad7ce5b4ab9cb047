"""Targets of effects that stand still: paused by people, by failures, or with everything else."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django_tenants.utils import schema_context

from tenants import audit
from tenants.access.models import Effect, EffectTarget
from tenants.models import Tenant
from tenants.schema import connection

PUBLIC = "public"
# Failures one after the other after which a target is left alone for a while, and for good.
REST_AFTER, PAUSE_AFTER = 3, 8
# How long it rests after the third failure, the fourth …
RESTS = [dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180)]


def outgoing_pause() -> tuple[dt.datetime, bool] | None:
    """Return since when nothing goes out, and whether of the whole installation."""
    schema = connection.schema_name
    with schema_context(PUBLIC):
        rows = Tenant.objects.filter(schema_name__in=[PUBLIC, schema])
        found = dict(rows.values_list("schema_name", "outgoing_paused_at"))
    if moment := found.get(PUBLIC):
        return moment, True
    own = found.get(schema)
    return (own, False) if own else None


def pause_outgoing(schema: str, *, at: dt.datetime) -> None:
    """Let nothing go out of a merchant; of `public`, out of the whole installation."""
    with schema_context(PUBLIC):
        Tenant.objects.filter(schema_name=schema, outgoing_paused_at=None).update(
            outgoing_paused_at=at
        )


def resume_outgoing(schema: str) -> None:
    """Let what waited go out again."""
    with schema_context(PUBLIC):
        Tenant.objects.filter(schema_name=schema).update(outgoing_paused_at=None)


def pause_target(consumer: str, *, at: dt.datetime, by: audit.Actor) -> None:
    """Let everything wait that is for this consumer, until somebody resumes it."""
    who = {"paused_at": at, "paused_by_id": getattr(by, "pk", None)}
    EffectTarget.objects.update_or_create(consumer=consumer, defaults=who)
    count_failing()


def resume_target(consumer: str) -> None:
    """Send again what waits for this consumer, at once."""
    well = {"paused_at": None, "paused_by": None, "failures": 0, "failing_since": None}
    EffectTarget.objects.filter(consumer=consumer).update(**well, retry_at=None)
    Effect.objects.filter(consumer=consumer, state=Effect.State.WAITING).update(not_before=None)
    count_failing()


def paused_by_failures() -> QuerySet[EffectTarget]:
    """Return the targets that Strata paused itself."""
    return EffectTarget.objects.filter(paused_by=None, failures__gt=0, paused_at__isnull=False)


@transaction.atomic
def count_failing() -> int:
    """Tell the platform's status how many targets stand paused after failures."""
    failing, schema = paused_by_failures().count(), connection.schema_name
    with schema_context(PUBLIC):
        Tenant.objects.filter(schema_name=schema).update(failing_targets=failing)
    return failing


def forget(consumer: str) -> None:
    """Delete a consumer's effects and its target: it is no more."""
    Effect.objects.filter(consumer=consumer)._raw_delete("default")  # type: ignore[attr-defined]
    EffectTarget.objects.filter(consumer=consumer).delete()
    count_failing()


def note_success(consumer: str, *, at: dt.datetime) -> None:
    """Note that the target takes what is sent."""
    well = {"failures": 0, "failing_since": None, "retry_at": None, "last_success_at": at}
    if not EffectTarget.objects.filter(consumer=consumer).update(**well):
        EffectTarget.objects.get_or_create(consumer=consumer, defaults=well)


def note_failure(
    consumer: str,
    *,
    words: str,
    at: dt.datetime,
    wait: dt.timedelta | None = None,
    is_broken: bool = False,
) -> EffectTarget:
    """Count a failure: the target rests after the third in a row, stands paused after the eighth.

    `wait` is what the target itself asked for; such a pause for breath is no failure.
    """
    with transaction.atomic():
        EffectTarget.objects.get_or_create(consumer=consumer)
        target = EffectTarget.objects.select_for_update().get(pk=consumer)
        target.last_error = words
        if wait is not None:
            target.retry_at = at + wait
        else:
            target.failures += 1
            target.failing_since = target.failing_since or at
            if target.failures >= REST_AFTER:
                rest = RESTS[min(target.failures - REST_AFTER, len(RESTS) - 1)]
                target.retry_at = at + rest
            if is_broken or target.failures >= PAUSE_AFTER:
                target.paused_at, target.paused_by = target.paused_at or at, None
        target.save()
    if target.paused_at is not None:
        count_failing()
    return target
