"""Why an order counts or not, and what its statuses mean, in a merchant's words."""

from dataclasses import dataclass
from datetime import date

from commerce.models import Order, OrderPolicy
from commerce.rollups.counted import heeded_reasons

# key of Order.excluded_as → (short, whole sentence)
REASONS = {
    "test": ("Test order", "It is a test order."),
    "voided": ("Voided", "Its payment was voided."),
    "currency": ("Other currency", "It is in another currency than the shop's."),
    "sample": ("Sample", "It is a sample sent to a creator."),
    "by_hand": ("Excluded by hand", "Somebody in the team excluded it."),
}


@dataclass(frozen=True)
class Verdict:
    """Whether an order counts on a day: a word for a list, a sentence for its page."""

    counts: bool
    short: str
    sentence: str


def reason_choices() -> list[tuple[str, str]]:
    """Return (key, label) of every reason for which an order may not count."""
    return [(key, short) for key, (short, _) in REASONS.items()]


def verdict(order: Order, *, policy: OrderPolicy, on: date) -> Verdict:
    """Say whether `order` counts on the local day `on` under `policy`, and why not."""
    if order.excluded_as in heeded_reasons(policy):
        short, sentence = REASONS.get(
            order.excluded_as, (order.excluded_as, f"It is marked “{order.excluded_as}”.")
        )
        return Verdict(False, short, f"{sentence} It counts in no number.")
    if order.counts_until is not None and order.counts_until <= on:
        cause = "cancelled" if order.cancelled_at else "refunded in full"
        return Verdict(
            False,
            cause.capitalize(),
            f"It was {cause}: it no longer counts since {order.counts_until:%-d %b %Y}.",
        )
    if order.placed_on > on:
        return Verdict(False, "Not yet", "It is dated in the future and counts from its day on.")
    if order.customer_id is None:
        return Verdict(
            True, "Guest", "It counts in the store's revenue, and in no customer's numbers."
        )
    return Verdict(True, "Counts", "It counts in the customer's and the store's numbers.")
