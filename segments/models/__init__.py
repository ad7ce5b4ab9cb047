"""Segments, who is in them, and how everybody scored."""

from segments.models.membership import Membership, MembershipChange
from segments.models.rfm import RfmMap, RfmScore, RfmSettings
from segments.models.score import ScoreChange, ScoreRun
from segments.models.segment import Segment
from segments.models.version import SegmentRefresh, SegmentVersion

__all__ = [
    "Membership",
    "MembershipChange",
    "RfmMap",
    "RfmScore",
    "RfmSettings",
    "ScoreChange",
    "ScoreRun",
    "Segment",
    "SegmentRefresh",
    "SegmentVersion",
]
