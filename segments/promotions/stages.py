"""Where a promo code stands today, for people: switched on is not yet running."""

from datetime import datetime

from segments.models import PromoCode

# Key → what the list calls it, and the badge that shows it.
STAGES = {
    "running": ("Running", "is-good"),
    "scheduled": ("Begins later", "is-info"),
    "ended": ("Ended", ""),
    "used_up": ("Used up", "is-warn"),
    "off": ("Off", ""),
    "archived": ("Archived", ""),
}


def stage_of(row: PromoCode, *, at: datetime) -> str:
    """Return the key of a code's stage at a moment."""
    if row.state != PromoCode.State.ON:
        return row.state
    if row.ends_at is not None and at >= row.ends_at:
        return "ended"
    if row.starts_at is not None and at < row.starts_at:
        return "scheduled"
    if row.most_total is not None and row.redeemed_count >= row.most_total:
        return "used_up"
    return "running"
