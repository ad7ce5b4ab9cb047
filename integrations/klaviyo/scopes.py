"""What a key has to be allowed, and what for: shown before it is made, for it cannot be changed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scope:
    """One box to tick at Klaviyo."""

    key: str
    why: str
    is_needed: bool = True  # without it nothing works; others cost a part


SCOPES = (
    Scope("accounts:read", "to know whose key it is"),
    Scope("lists:read", "to show your lists"),
    Scope("lists:write", "to fill lists"),
    Scope("profiles:read", "to see who is in a list"),
    Scope("profiles:write", "to add people and write scores to their profiles"),
    Scope("flows:read", "to warn you of flows that a list starts", is_needed=False),
    Scope("subscriptions:read", "to learn who has unsubscribed", is_needed=False),
    Scope("events:write", "to start flows when customers enter or leave", is_needed=False),
    Scope("events:read", "to read who opened, clicked and received", is_needed=False),
    Scope("metrics:read", "to read who opened, clicked and received", is_needed=False),
    Scope("segments:read", "to show Klaviyo's own segments", is_needed=False),
    Scope("segments:write", "to make segments at Klaviyo", is_needed=False),
    Scope("campaigns:read", "to bring campaign results back", is_needed=False),
    Scope("campaigns:write", "to prepare campaigns", is_needed=False),
    Scope("templates:read", "to choose a campaign's template", is_needed=False),
)
