"""Four segments of customers who have just changed, or are about to."""

from collections.abc import Callable

from segments.presets.preset import FAMILIES, PRESETS, Family, Preset, Rule, Told
from segments.presets.writing import always, every, has, some

FAMILY = FAMILIES.register(
    Family("moving", "On the move", "Who crossed a line this week, or stands just before one.", 4)
)


def _just_entered(preset: str) -> Callable[[Told], Rule | None]:
    """Return who entered the segment of `preset` within 7 days by its ledger, and is still in."""

    def rule(told: Told) -> Rule | None:
        into = told.segments.get(preset)
        if into is None:
            return None
        entered = has("segment", "entered", {"segments": [into], "in_last": "7_days"})
        return every(entered, has("segment", "in", [into]))

    return rule


def _due(segment: str, *tiers: str) -> Rule:
    """Whom the map puts above these tiers while they still hold one of them."""
    return every(has("rfm_segment", "eq", segment), has("loyalty_tier", "in", list(tiers)))


_DYNAMIC = (
    Preset(
        "recently_at_risk",
        "Recently at risk",
        "moving",
        "Entered the segment At risk within the last 7 days, and have not come back since.",
        _just_entered("at_risk_60"),
        use="The moment when a message still helps most.",
        needs="the segment At risk: it is made with this one; entries count from then.",
        companions=("at_risk_60",),
    ),
    Preset(
        "just_vip",
        "Just reached VIP",
        "moving",
        "Entered your VIP customers within the last 7 days, and are still among them.",
        _just_entered("vip_customers"),
        use="Tell them that you noticed.",
        needs="the segment VIP customers: it is made with this one; entries count from then.",
        companions=("vip_customers",),
    ),
    Preset(
        "about_to_lapse",
        "About to lapse",
        "moving",
        "The last visit was 45 to 59 days ago.",
        always(has("last_order_date", "between_ago", ["45_days", "59_days"])),
        use="A reason to come by before day 60.",
    ),
    Preset(
        "tier_upgrade",
        "Tier upgrade eligible",
        "moving",
        "Hold a lower tier than their RFM segment stands for: champions platinum, loyal gold, "
        "potential silver.",
        lambda told: some(
            _due("champions", "bronze", "silver", "gold"),
            _due("loyal", "bronze", "silver"),
            _due("potential", "bronze"),
        ),
        use="Raise the tier, and say so.",
    ),
)
for _preset in _DYNAMIC:
    PRESETS.register(_preset)
