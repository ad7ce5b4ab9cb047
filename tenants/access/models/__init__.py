"""A merchant's doors, in its own schema: invitations, presence, permissions, keys, effects."""

from tenants.access.models.answer import Answer
from tenants.access.models.door import Door
from tenants.access.models.effect import Effect
from tenants.access.models.effect_target import EffectTarget
from tenants.access.models.invitation import Invitation
from tenants.access.models.mail import Mail
from tenants.access.models.presence import Presence
from tenants.access.models.retention import RetentionRule
from tenants.access.models.service_key import ServiceKey

__all__ = [
    "Answer",
    "Door",
    "Effect",
    "EffectTarget",
    "Invitation",
    "Mail",
    "Presence",
    "RetentionRule",
    "ServiceKey",
]
