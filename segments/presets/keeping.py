"""Lists for keeping customers: who may be won back, who must not leave, who is left in peace."""

from segments.presets.preset import FAMILIES, PRESETS, Action, Family, Preset, Rule, Told
from segments.presets.writing import always, did, every, has, some

FAMILY = FAMILIES.register(
    Family(
        "keeping", "Keeping customers", "Lists to work down, and one of those to leave alone.", 3
    )
)
# A try is between these days ago: it has had a fortnight to work, and is not forgotten.
TRIED = ["14_days", "90_days"]
SILENT = "90_days"


def _suppressed(told: Told) -> Rule | None:
    tried = every(has("prop.kind", "eq", "reactivation"), has("occurred_on", "between_ago", TRIED))
    silent = every(
        has("rfm_segment", "eq", "lost"),
        did("email_received", where=tried),
        did("email_opened", "eq", 0, window={"in_last": SILENT}),
        did("order", "eq", 0, window={"in_last": SILENT}),
    )
    by_hand = told.segments.get("suppressed_by_hand")
    return some(silent, has("segment", "in", [by_hand])) if by_hand else silent


_LISTS = (
    Preset(
        "winback_list",
        "Win-back list",
        "keeping",
        "At risk, can't lose them, about to sleep or hibernating: worth most and gone for least "
        "long comes first.",
        always(has("rfm_segment", "in", ["at_risk", "cant_lose", "about_to_sleep", "hibernating"])),
        use="Work it down from the top; stop where an offer costs more than it brings.",
        best_first="winback_priority",
    ),
    Preset(
        "churn_prevention",
        "Churn prevention list",
        "keeping",
        "At risk, can't lose them or about to sleep, by what they have spent.",
        always(has("rfm_segment", "in", ["at_risk", "cant_lose", "about_to_sleep"])),
        use="A call for the first, a letter for the rest.",
        best_first="total_spent",
        action=Action("outreach", "Call the ten who spent most", {"first": 10}),
    ),
    Preset(
        "suppression_list",
        "Suppression list",
        "keeping",
        "Lost customers who were tried to reactivate 14 to 90 days ago and opened and bought "
        "nothing in these 90 days, and whom you add by hand.",
        _suppressed,
        use="Leave them out of campaigns: they cost money and reputation.",
        needs="the events email_received and email_opened, the letter's kind as a property.",
        companions=("suppressed_by_hand",),
    ),
    Preset(
        "suppressed_by_hand",
        "Suppressed by hand",
        "keeping",
        "Nobody at first: add customers from their pages or from a file.",
        lambda told: None,
        use="Whom to leave in peace, whatever the rules say.",
        is_manual=True,
    ),
)
for _preset in _LISTS:
    PRESETS.register(_preset)
