"""Whom or what effects are about, as it is now: customers wherever they were merged, samples."""

from collections.abc import Sequence

from commerce import identity
from commerce.models import Customer
from samples.models import Finding
from segments.models import Trigger
from tenants import effects as endings
from tenants.access.models import Effect
from tenants.effects import Result


def customers_of(effects: Sequence[Effect]) -> dict[int, Customer]:
    """Return effect id → customer; without those who are erased or gone."""
    ids = {effect.customer for effect in effects if effect.customer is not None}
    rows = Customer.objects.in_bulk(ids)
    now = {pk: _now(row) for pk, row in rows.items()}
    found = ((effect.pk, now.get(effect.customer or 0)) for effect in effects)
    return {pk: row for pk, row in found if row is not None and row.erased_at is None}


def _now(row: Customer) -> Customer | None:
    return row if row.merged_into_id is None else identity.resolve(row.pk)


def split(
    trigger: Trigger, effects: Sequence[Effect], *, people: dict[int, Customer]
) -> tuple[list[Effect], list[Result]]:
    """Return the effects that are still to be done, and how the others end.

    A customer may be gone; a sample may have been sent meanwhile.
    """
    if trigger.on == Trigger.On.FOUND:
        ids = [effect.payload.get("finding") for effect in effects]
        open_ones = Finding.objects.filter(pk__in=ids, ended_on=None)
        still = set(open_ones.values_list("pk", flat=True))
        there, reason = [one for one in effects if one.payload.get("finding") in still], "over"
    else:
        there, reason = [one for one in effects if one.pk in people], "gone"
    kept = {one.pk for one in there}
    gone = [one for one in effects if one.pk not in kept]
    return there, [(gone, endings.left_out(reason))] if gone else []
