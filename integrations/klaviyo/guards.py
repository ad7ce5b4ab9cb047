"""What is never done without asking: many removals, or all because a side is empty."""

import hashlib

from integrations.klaviyo.merge import Keys, Plan

# More than this share of a side, and more than so many: both have to hold.
MOST_SHARE, MOST_COUNT = 0.20, 50


def concern(plan: Plan, *, base: int, wanted: int, theirs: int) -> str:
    """Return why somebody has to be asked, in words; nothing when all is well.

    `base`, `wanted`, `theirs`: how many members each side has.
    """
    there, here = len(plan.remove_there), len(plan.remove_here)
    if there and not wanted:
        return f"The segment is empty, so all {there:,} would be taken out of the list at Klaviyo."
    if here and not theirs:
        return f"Klaviyo's list is empty, so {here:,} would be taken out of the segment."
    if _is_much(there, of=max(theirs, base)):
        return f"{there:,} of {max(theirs, base):,} would be taken out of the list at Klaviyo."
    if _is_much(here, of=max(wanted, base)):
        return f"{here:,} of {max(wanted, base):,} would be taken out of the segment."
    return ""


def _is_much(count: int, *, of: int) -> bool:
    return count > MOST_COUNT and count > of * MOST_SHARE


def print_of(plan: Plan) -> str:
    """Return a print of exactly these removals: what somebody allows holds for no other."""
    text = f"there:{_written(plan.remove_there)};here:{_written(plan.remove_here)}"
    return hashlib.sha256(text.encode()).hexdigest()


def _written(keys: Keys) -> str:
    return ",".join(sorted(map(str, keys)))
