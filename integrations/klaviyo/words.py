"""How lists and their syncs are spoken of."""

from integrations.klaviyo.audience import REASONS
from integrations.models import KlaviyoList

State = KlaviyoList.State
BADGES = {
    State.NEW: "is-info",
    State.ACTIVE: "is-good",
    State.HELD: "is-warn",
    State.PAUSED: "is-warn",
    State.UNLINKED: "is-bad",
}


def badge_of(link: KlaviyoList) -> str:
    """Return the class of the state's badge."""
    return BADGES[State(link.state)]


def skipped_in_words(skipped: dict[str, int]) -> list[str]:
    """Say how many were left out, and why: “17 without an e-mail address”."""
    return [f"{count:,} {REASONS.get(reason, reason)}" for reason, count in skipped.items()]
