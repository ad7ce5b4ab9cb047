"""The kinds of actions of this floor; others register theirs from above."""

from segments.actions.kinds import inbox_task, manual_segment, staff_email, tags, webhook
from segments.actions.kinds.kind import KINDS, Kind, Options

__all__ = [
    "KINDS",
    "Kind",
    "Options",
    "inbox_task",
    "manual_segment",
    "staff_email",
    "tags",
    "webhook",
]
