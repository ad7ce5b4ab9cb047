"""Saying whose a sample is, one or many at once, and taking it back."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from samples.creators import figures
from samples.creators.acting import local_day, user_of
from samples.models import Creator, LinkBatch, LinkSuggestion, Post, SampleFollowUp, SampleOrder
from tenants import audit

Links = list[tuple[int, int | None, int | None]]  # order, creator before, creator after

State = LinkSuggestion.State


class LinkRefused(Exception):  # noqa: N818 - a state
    """Nothing was linked; the message is for the merchant."""


def link(pairs: Mapping[int, int | None], *, by: audit.Actor, at: datetime) -> LinkBatch | None:
    """Give the samples of these orders to these creators (None: to nobody); return what to undo.

    Posts about a sample follow it. Returns None when all of it was so already.
    """
    with transaction.atomic():
        rows = SampleOrder.objects.select_for_update().filter(pk__in=pairs).order_by("pk")
        links = [
            (row.pk, row.creator_id, pairs[row.pk])
            for row in rows
            if row.creator_id != pairs[row.pk]
        ]
        if not links:
            return None
        _write(links, by=by)
        _settle_suggestions(links)
        figures.refresh(_creators(links), on=local_day(at))
        audit.record(by, "link_samples", SampleOrder, samples=len(links))
        return LinkBatch.objects.create(links=links, made_by=user_of(by), made_at=at)


def undo(batch_id: int, *, by: audit.Actor, at: datetime) -> int:
    """Put back what a batch changed and nobody changed since; return how many samples."""
    with transaction.atomic():
        batch = LinkBatch.objects.select_for_update().filter(pk=batch_id, undone_at=None).first()
        if batch is None:
            raise LinkRefused("This was undone already.")
        now = dict(
            SampleOrder.objects.select_for_update()
            .filter(pk__in=[order for order, _, _ in batch.links])
            .values_list("pk", "creator_id")
        )
        there = set(Creator.objects.values_list("pk", flat=True))
        back = [
            (order, after, before if before in there else None)
            for order, before, after in batch.links
            if order in now and now[order] == after
        ]
        _write(back, by=by)
        _reopen(back)
        figures.refresh(_creators(back), on=local_day(at))
        batch.undone_at = at
        batch.save(update_fields=["undone_at"])
        audit.record(by, "unlink_samples", SampleOrder, samples=len(back))
        return len(back)


def _write(links: Links, *, by: audit.Actor) -> None:
    for creator in {after for _, _, after in links}:
        orders = [order for order, _, after in links if after == creator]
        SampleOrder.objects.filter(pk__in=orders).update(creator=creator)
        SampleFollowUp.objects.bulk_create(
            [
                SampleFollowUp(order_id=pk, creator_id=creator, changed_by=user_of(by))
                for pk in orders
            ],
            update_conflicts=True,
            unique_fields=["order"],
            update_fields=["creator", "changed_by"],
        )
        if creator is not None:
            Post.objects.filter(order__in=orders).update(creator=creator)


def _settle_suggestions(links: Links) -> None:
    for creator in {after for _, _, after in links if after is not None}:
        orders = [order for order, _, after in links if after == creator]
        named = LinkSuggestion.objects.filter(order__in=orders)
        named.filter(creator=creator).update(state=State.ACCEPTED)
        named.filter(state=State.OPEN).delete()  # once unlinked, it may be suggested again


def _reopen(links: Links) -> None:
    accepted = LinkSuggestion.objects.filter(state=State.ACCEPTED)
    for creator in {before for _, before, _ in links if before is not None}:
        orders = [order for order, before, _ in links if before == creator]
        accepted.filter(order__in=orders, creator=creator).update(state=State.OPEN)


def _creators(links: Links) -> set[int | None]:
    return {creator for _, before, after in links for creator in (before, after)}
