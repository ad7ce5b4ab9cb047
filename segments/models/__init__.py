"""Segments, who is in them, and how everybody scored."""

from segments.models.guard_rails import HealthReport, NeverContact, SensitiveFields
from segments.models.label import SegmentLabel
from segments.models.library import Library
from segments.models.manual import ManualMember
from segments.models.membership import Membership, MembershipChange
from segments.models.rfm import RfmMap, RfmScore, RfmSettings
from segments.models.score import ScoreChange, ScoreRun
from segments.models.segment import Segment
from segments.models.segment_set import SegmentSet, SetEntry
from segments.models.star import SegmentStar
from segments.models.version import SegmentRefresh, SegmentVersion

__all__ = [
    "HealthReport",
    "Library",
    "ManualMember",
    "Membership",
    "MembershipChange",
    "NeverContact",
    "RfmMap",
    "RfmScore",
    "RfmSettings",
    "ScoreChange",
    "ScoreRun",
    "Segment",
    "SegmentLabel",
    "SegmentRefresh",
    "SegmentSet",
    "SegmentStar",
    "SegmentVersion",
    "SensitiveFields",
    "SetEntry",
]
