"""What each event means for the use of a product: the defaults, and the merchant's own word."""

from collections.abc import Mapping

from psycopg import sql

from commerce.models import EventRole

Role = EventRole.Role
# What the sources of events call them. An event that stands nowhere is something the customer did
# in the product: a new feature must not need a setting before its users count as active.
DEFAULTS: dict[str, str] = {
    "session": Role.SESSION,
    "session_started": Role.SESSION,
    "feature_used": Role.FEATURE,
    "premium_feature_used": Role.FEATURE,
    "signed_up": Role.SIGN_UP,
    "trial_started": Role.TRIAL,
    "subscription_started": Role.START,
    "subscription_cancelled": Role.CANCEL,
    **dict.fromkeys(
        (
            "email_received",
            "email_opened",
            "email_clicked",
            "email_bounced",
            "email_subscribed",
            "email_unsubscribed",
            "email_marked_as_spam",
            "sms_received",
            "sms_clicked",
            "sms_subscribed",
            "sms_unsubscribed",
            "review_left",
            "referral_made",
            "support_ticket_opened",
        ),
        Role.PASSIVE,
    ),
}
TRIAL_DAYS = 14  # of a trial whose event does not say when it ends
TRIAL_ENDS = "ends_on"  # the property that says it
FEATURE = "feature"  # the property that names the feature; without it the event's name does
USES = (Role.SESSION, Role.FEATURE, Role.ACTION)  # what makes a customer active
ACTIVITY = "activity"  # the fact that stale marks name: something of this changed


def all_roles() -> dict[str, str]:
    """Return the role of every event that has one of its own; the others are actions."""
    return DEFAULTS | dict(EventRole.objects.values_list("name", "role"))


def names_of(roles: Mapping[str, str], *wanted: str) -> list[str]:
    """Return the events with one of these roles, in their order."""
    return sorted(name for name, role in roles.items() if role in wanted)


def is_one_of(column: str, roles: Mapping[str, str], *wanted: str) -> sql.Composed:
    """Return the condition that the event named by `column` has one of these roles.

    Actions are whatever has no other role.
    """
    others = [role for role in Role.values if role not in wanted]
    if Role.ACTION in wanted:
        return _any("<> ALL", column, names_of(roles, *others))
    return _any("= ANY", column, names_of(roles, *wanted))


def _any(test: str, column: str, names: list[str]) -> sql.Composed:
    name = sql.SQL(column)  # type: ignore[arg-type]
    return sql.SQL("{} {}({}::varchar[])").format(name, sql.SQL(test), sql.Literal(names))  # type: ignore[arg-type]
