"""What one save of a promo code changed, in sentences that hold whatever is renamed later."""

from collections.abc import Collection, Iterator
from datetime import datetime
from decimal import Decimal

from segments.models import PromoCode, Segment
from segments.promotions.drafts import Draft
from tenants.schema import connection


def differences(before: Draft | None, after: Draft) -> list[str]:
    """Return a sentence per change; for a new code what it is."""
    if before is None:
        return ["Made."]
    return list(_told(before, after))


def _told(before: Draft, after: Draft) -> Iterator[str]:
    if before.code != after.code:
        yield f"Code: {before.code} → {after.code}."
    if before.description != after.description:
        yield "Description changed."
    if (before.discount, before.value) != (after.discount, after.value):
        yield f"Discount: {said_discount(before)} → {said_discount(after)}."
    yield from _segments("For", before.include, after.include)
    yield from _segments("Not for", before.exclude, after.exclude)
    if before.match != after.match:
        words = PromoCode.Match(after.match).label.lower()
        yield f"Customers must be in {words}."
    yield from _values(before, after)


def _values(before: Draft, after: Draft) -> Iterator[str]:
    for label, old, new in (
        ("Begins", _moment(before.starts_at), _moment(after.starts_at)),
        ("Ends", _moment(before.ends_at), _moment(after.ends_at)),
        ("Uses in all", _limit(before.most_total), _limit(after.most_total)),
        ("Uses per customer", _limit(before.most_each), _limit(after.most_each)),
        ("Unknown customers", _unknown(before), _unknown(after)),
        ("State", _state(before), _state(after)),
    ):
        if old != new:
            yield f"{label}: {old} → {new}."


def said_discount(draft: Draft) -> str:
    """Return what a code takes off, in words."""
    return discount_words(draft.discount, draft.value)


def discount_words(discount: str, value: Decimal | None) -> str:
    """Return what is taken off: “10 % off”, “5.00 GBP off”, “free shipping”."""
    if discount == PromoCode.Discount.FREE_SHIPPING or value is None:
        return "free shipping"
    if discount == PromoCode.Discount.PERCENTAGE:
        return f"{value.normalize():f} % off"
    return f"{value:,.2f} {connection.tenant.currency} off"


def _segments(label: str, old: Collection[int], new: Collection[int]) -> Iterator[str]:
    changed = set(old) ^ set(new)
    names = dict(Segment.objects.filter(pk__in=changed).values_list("pk", "name"))
    for pk in sorted(changed):
        word = "added" if pk in new else "taken out"
        yield f"{label}: “{names.get(pk, 'a deleted segment')}” {word}."


def _moment(moment: datetime | None) -> str:
    if moment is None:
        return "no limit"
    return moment.astimezone(connection.tenant.zone).strftime("%-d %B %Y, %H:%M")


def _limit(limit: int | None) -> str:
    return "no limit" if limit is None else f"{limit:,}"


def _unknown(draft: Draft) -> str:
    return PromoCode.Unknown(draft.unknown).label.lower()


def _state(draft: Draft) -> str:
    return PromoCode.State(draft.state).label.lower()
