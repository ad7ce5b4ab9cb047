"""Segments, who is in them, and how everybody scored."""

from segments.models.contact_rules import ContactRules, LastContact
from segments.models.digest import DigestChoice, Letter
from segments.models.engagement import EngagementScore
from segments.models.goal import Goal
from segments.models.guard_rails import HealthReport, NeverContact, SensitiveFields
from segments.models.label import SegmentLabel
from segments.models.library import Library
from segments.models.lifecycle import LifecycleStage
from segments.models.manual import ManualMember
from segments.models.membership import Membership, MembershipChange
from segments.models.playbook import Playbook
from segments.models.pql import PqlScore
from segments.models.promo_code import PromoCode
from segments.models.promo_segment import PromoSegment
from segments.models.promo_version import PromoVersion
from segments.models.redemption import Redemption
from segments.models.rfm import RfmMap, RfmScore, RfmSettings
from segments.models.score import ScoreChange, ScoreRun
from segments.models.score_settings import ScoreSettings, SeenFeature
from segments.models.segment import Segment
from segments.models.segment_set import SegmentSet, SetEntry
from segments.models.star import SegmentStar
from segments.models.task import Task
from segments.models.tiers import LoyaltyTiers
from segments.models.trigger import Trigger
from segments.models.version import SegmentRefresh, SegmentVersion
from segments.models.waiting import WaitingCause

__all__ = [
    "ContactRules",
    "DigestChoice",
    "EngagementScore",
    "Goal",
    "HealthReport",
    "LastContact",
    "Letter",
    "Library",
    "LifecycleStage",
    "LoyaltyTiers",
    "ManualMember",
    "Membership",
    "MembershipChange",
    "NeverContact",
    "Playbook",
    "PqlScore",
    "PromoCode",
    "PromoSegment",
    "PromoVersion",
    "Redemption",
    "RfmMap",
    "RfmScore",
    "RfmSettings",
    "ScoreChange",
    "ScoreRun",
    "ScoreSettings",
    "SeenFeature",
    "Segment",
    "SegmentLabel",
    "SegmentRefresh",
    "SegmentSet",
    "SegmentStar",
    "SegmentVersion",
    "SensitiveFields",
    "SetEntry",
    "Task",
    "Trigger",
    "WaitingCause",
]
