"""Samples, the creators they went to, and what came of them."""

from samples.models.code import CreatorCode, CreditedOrder
from samples.models.creator import Creator
from samples.models.follow_up_settings import FollowUpSettings
from samples.models.handle import CreatorHandle, Platform

__all__ = [
    "Creator",
    "CreatorCode",
    "CreatorHandle",
    "CreditedOrder",
    "FollowUpSettings",
    "Platform",
]
