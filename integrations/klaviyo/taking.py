"""What happened at Klaviyo becomes members of a segment that is chosen by hand."""

from datetime import datetime

from integrations.klaviyo.merge import Plan
from integrations.models import KlaviyoList
from segments import manual
from segments.models.membership import Cause


def take(link: KlaviyoList, plan: Plan, *, at: datetime) -> tuple[int, int]:
    """Put members in and take others out; return how many. Raises ValidationError when too many."""
    came = [key for key in plan.add_here if isinstance(key, int)]
    left = [key for key in plan.remove_here if isinstance(key, int)]
    added = removed = 0
    if came:
        # The first time the list is brought over: what it holds happened long ago.
        cause = Cause.IMPORT if link.synced_at is None else Cause.PLATFORM
        added = manual.add_members(link.segment, came, by=None, at=at, cause=cause).added
    if left:
        removed = manual.remove_members(link.segment, left, by=None, at=at)
    return added, removed
