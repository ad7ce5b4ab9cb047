"""Whom effects are about: the customers as they are now, whoever they were merged into."""

from collections.abc import Sequence

from commerce import identity
from commerce.models import Customer
from tenants.access.models import Effect


def customers_of(effects: Sequence[Effect]) -> dict[int, Customer]:
    """Return effect id → customer; without those who are erased or gone."""
    ids = {effect.customer for effect in effects if effect.customer is not None}
    rows = Customer.objects.in_bulk(ids)
    now = {pk: _now(row) for pk, row in rows.items()}
    found = ((effect.pk, now.get(effect.customer or 0)) for effect in effects)
    return {pk: row for pk, row in found if row is not None and row.erased_at is None}


def _now(row: Customer) -> Customer | None:
    return row if row.merged_into_id is None else identity.resolve(row.pk)
