"""Samples, the creators they went to, and what came of them."""

from samples.models.code import CreatorCode, CreditedOrder
from samples.models.creator import Creator
from samples.models.decision import SampleDecision
from samples.models.finding import Finding
from samples.models.follow_up import SampleFollowUp
from samples.models.follow_up_settings import FollowUpSettings
from samples.models.handle import CreatorHandle, Platform
from samples.models.link import LinkBatch, LinkSuggestion
from samples.models.order import SampleOrder
from samples.models.post import Post
from samples.models.request import SampleRequest
from samples.models.right import UsageRight
from samples.models.saved_filter import SampleFilter
from samples.models.settings import SampleSettings
from samples.models.tally import SampleTally

__all__ = [
    "Creator",
    "CreatorCode",
    "CreatorHandle",
    "CreditedOrder",
    "Finding",
    "FollowUpSettings",
    "LinkBatch",
    "LinkSuggestion",
    "Platform",
    "Post",
    "SampleDecision",
    "SampleFilter",
    "SampleFollowUp",
    "SampleOrder",
    "SampleRequest",
    "SampleSettings",
    "SampleTally",
    "UsageRight",
]
