"""What a service key may be allowed, and which permissions the same asks of somebody signed in."""

from dataclasses import dataclass

from django.http import HttpRequest

from tenants.registry import Registry

PER_MINUTE = 600


@dataclass(frozen=True)
class Scope:
    """A key that holds it has `permissions`; a person needs all of them."""

    key: str
    label: str
    help: str
    permissions: frozenset[str]
    per_minute: int = PER_MINUTE  # what a key that holds it is given to begin with


def _scope(
    key: str, label: str, help: str, *permissions: str, per_minute: int = PER_MINUTE
) -> None:
    SCOPES.register(Scope(key, label, help, frozenset(permissions), per_minute))


# This file is the whole table, as tenants.access.roles is of people's permissions.
SCOPES: Registry[Scope] = Registry("scope")
_scope(
    "segments:read",
    "Read segments",
    "Definitions, sizes, members by number, history, RFM figures, and trying rules out.",
    "segments.view_segment",
    "segments.view_membership",
)
_scope(
    "segments:write",
    "Change segments",
    "Make, edit, recount and delete segments.",
    "segments.add_segment",
    "segments.change_segment",
    "segments.delete_segment",
)
_scope(
    "segments:sensitive",
    "Ask by sensitive fields",
    "Rules by age, place and whatever else is marked as sensitive may be made and read.",
    "segments.use_sensitive_fields",
)
_scope(
    "scores:write",
    "Recalculate scores",
    "Start the calculation of RFM for everybody.",
    "access.manage_scoring",
)
_scope(
    "customers:read",
    "Read customers",
    "Customers by number, with their orders and spend. No names or addresses.",
    "commerce.view_customer",
)
_scope(
    "customers:contact",
    "See contact details",
    "Names, e-mail addresses and phone numbers too, wherever customers are read.",
    "commerce.view_contact_details",
)
_scope(
    "customers:write",
    "Change customers",
    "Custom attributes, tags and VIP of customers.",
    "commerce.change_customer",
)
_scope(
    "promo:check",
    "Check promo codes",
    "Ask whether a customer may use a code. Without “Read segments” the answer says yes or no and"
    " nothing of segments.",
    "segments.view_promocode",
    per_minute=6_000,  # a checkout asks for everybody who comes by
)
_scope(
    "promo:redeem",
    "Record uses of promo codes",
    "Say that a code was used, and take that back.",
    "segments.redeem_promocode",
    per_minute=6_000,
)
_scope(
    "promo:read",
    "Read promo codes",
    "Codes with their discounts, segments, limits and uses.",
    "segments.view_promocode",
)
_scope(
    "promo:write",
    "Change promo codes",
    "Make, change and delete promo codes.",
    "segments.add_promocode",
    "segments.change_promocode",
    "segments.delete_promocode",
)
_scope(
    "events:write",
    "Send events",
    "What customers did, one event or up to a thousand at once. Nothing can be read.",
    "commerce.add_event",
)
_scope(
    "samples:read",
    "Read samples",
    "Sample orders and their figures.",
    "samples.view_sampleorder",
)
_scope(
    "samples:write",
    "Change sample settings",
    "Which tags and channels mean a sample.",
    "samples.change_samplesettings",
)


def sees_contact(request: HttpRequest) -> bool:
    """Say whether whoever asks, person or key, may see names, addresses and phone numbers."""
    return request.user.has_perm("commerce.view_contact_details")
