"""Working off what was kept: in parts, whoever changed read anew, poison found and set aside.

Duplicates and old messages cost one look: they name somebody who is read again, once a part, and
what the mirror has newer than the message is not read at all.
"""

import logging
from collections import defaultdict
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.db.models import Q
from django.utils import timezone

from integrations.errors import ReconnectNeeded, Refused, TryLater
from integrations.models import ShopifyDelivery, ShopifyStore
from integrations.shopify.connecting import Standing
from integrations.shopify.webhooks.handling import HANDLERS, Handler, Part, Rows, State
from integrations.shopify.webhooks.understanding import NotUnderstood, understand
from tenants.progress import Cancelled
from tenants.runs import Later, RunHandle

logger = logging.getLogger(__name__)

PART = 250  # messages at once
TURN = 75.0  # seconds of work in one go; then whoever waits has a turn
MOST_ATTEMPTS = 3
REST, SHUT_OUT = timedelta(seconds=30), timedelta(hours=1)
LEFT = (ShopifyStore.State.DISCONNECTED, ShopifyStore.State.NEW)
HEEDED_WHEN_LEFT = ("privacy", "uninstalled")


def work(handle: RunHandle) -> dict[str, Any]:
    """Work off what waits; the rest of a long list is for the next turn."""
    counts: dict[str, int] = defaultdict(int, handle.run.counts)
    ends = monotonic() + TURN
    while rows := _waiting(handle.moment):
        for store in {row.store_id: row.store for row in rows}.values():
            mine = [row for row in rows if row.store_id == store.pk]
            _work_off(mine, Part(store, handle.moment, handle, counts))
        handle.report(counts["done"], None, "messages worked off")
        if monotonic() > ends:
            raise Later(counts=dict(counts))
    soonest = ShopifyDelivery.objects.filter(state=State.WAITING).order_by("not_before").first()
    if soonest is not None and soonest.not_before is not None:
        raise Later(at=soonest.not_before, counts=dict(counts))
    return dict(counts)


def _waiting(at: datetime) -> list[ShopifyDelivery]:
    is_due = Q(not_before=None) | Q(not_before__lte=at)
    rows = ShopifyDelivery.objects.filter(is_due, state=State.WAITING)
    return list(rows.select_related("store").order_by("id")[:PART])


def _work_off(rows: Rows, part: Part) -> None:
    """Understand the messages, group them by what they are about, and do each group."""
    groups: dict[str, list[ShopifyDelivery]] = defaultdict(list)
    left: list[ShopifyDelivery] = []  # of a store that is not connected any more
    for row in rows:
        try:
            said = understand(row.topic, bytes(row.body or b""))
        except NotUnderstood as error:
            _set_aside(row, str(error), part)
            continue
        if part.store.state in LEFT and said.about not in HEEDED_WHEN_LEFT:
            left.append(row)
            continue
        part.said[row.pk] = said
        is_named = said.about != "privacy"  # a list of who was erased is no erasure
        row.subject = said.subject[:100] if is_named else ""
        row.subject_at = said.changed_at
        groups[said.about].append(row)
    _finish(left, part)
    # Privacy first: who asks to be erased is still known, and the log says what was found.
    for about, group in sorted(groups.items(), key=lambda entry: entry[0] != "privacy"):
        _do(group, part, HANDLERS[about])


def _do(rows: Rows, part: Part, handler: Handler) -> None:
    """Do a group; what stops it is waited for, or found by halves and set aside."""
    try:
        handler(rows, part)
    except Cancelled:
        raise
    except TryLater as error:
        rest = timedelta(seconds=error.seconds) if error.seconds else REST
        _put_off(rows, max(rest, timedelta(seconds=1)), error.words, part)
    except ReconnectNeeded as error:
        Standing(part.store).reconnect_needed(error.words, at=part.at)
        _put_off(rows, SHUT_OUT, error.words, part)
    except NotUnderstood as error:
        _split(rows, part, handler, words=str(error), is_final=True)
    except Refused as error:
        _split(rows, part, handler, words=error.words, is_final=True)
    except Exception as error:  # noqa: BLE001 - one message must not stop the others
        logger.error("webhooks of store %s: %s", part.store.pk, type(error).__name__)
        words = f"Something went wrong while working it off ({type(error).__name__})."
        _split(rows, part, handler, words=words, is_final=False)
    else:
        _finish(rows, part)


def _split(rows: Rows, part: Part, handler: Handler, *, words: str, is_final: bool) -> None:
    """Find the message that cannot be worked off, by halves."""
    if len(rows) > 1:
        middle = len(rows) // 2
        _do(rows[:middle], part, handler)
        _do(rows[middle:], part, handler)
        return
    (row,) = rows
    row.attempts += 1
    if is_final or row.attempts >= MOST_ATTEMPTS:
        _set_aside(row, words, part)
        return
    row.not_before, row.error = timezone.now() + REST * row.attempts, words[:300]
    row.save(update_fields=["attempts", "not_before", "error", "subject", "subject_at"])


def _put_off(rows: Rows, rest: timedelta, words: str, part: Part) -> None:
    ids = [row.pk for row in rows]
    ShopifyDelivery.objects.filter(pk__in=ids).update(
        not_before=timezone.now() + rest, error=words[:300]
    )
    part.counts["put_off"] += len(ids)


def _set_aside(row: ShopifyDelivery, words: str, part: Part) -> None:
    """Keep the message for somebody to look at; it is not tried again by itself."""
    row.state, row.error, row.done_at, row.not_before = (
        State.QUARANTINED,
        words[:300],
        part.at,
        None,
    )
    row.save()
    part.counts["set_aside"] += 1


def _finish(rows: Rows, part: Part) -> None:
    """Mark as done and drop the bodies: they are not needed any more."""
    for row in rows:
        if row.state == State.WAITING:
            row.state = State.DONE
        row.body, row.error, row.done_at, row.not_before = None, "", part.at, None
    names = ["state", "body", "error", "done_at", "not_before", "subject", "subject_at"]
    ShopifyDelivery.objects.bulk_update(rows, names)
    part.counts["done"] += len(rows)
