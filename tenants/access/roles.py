"""The roles of a merchant's team and what each may do: this file is the whole table."""

from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission, User
from django.db import transaction


@dataclass(frozen=True)
class Role:
    """A role is a group of the merchant's schema called `key`."""

    key: str
    label: str
    help: str
    permissions: frozenset[str]


LOOK = frozenset(
    [
        "access.view_jobs",
        "commerce.view_attributedefinition",
        "commerce.view_customer",
        "commerce.view_event",
        "commerce.view_order",
        "commerce.view_orderline",
        "commerce.view_refund",
        "integrations.view_shopifystore",
        "samples.view_creator",
        "samples.view_sampleorder",
        "segments.view_membership",
        "segments.view_promocode",
        "segments.view_segment",
        "segments.view_task",
        "segments.view_trigger",
    ]
)
MARKET = LOOK | {
    "access.import_data",
    "access.manage_scoring",
    "commerce.add_event",
    "commerce.change_customer",
    "commerce.change_order",
    "commerce.view_contact_details",
    "segments.add_promocode",
    "segments.add_segment",
    "segments.add_trigger",
    "segments.change_promocode",
    "segments.change_segment",
    "segments.change_task",
    "segments.change_trigger",
    "segments.delete_promocode",
    "segments.delete_segment",
    "segments.delete_trigger",
    "segments.redeem_promocode",
}
OWN = MARKET | {
    "access.export_data",
    "access.manage_jobs",
    "access.manage_keys",
    "access.manage_order_policy",
    "access.manage_privacy",
    "access.manage_settings",
    "access.manage_team",
    "access.view_audit",
    "commerce.add_attributedefinition",
    "commerce.change_attributedefinition",
    "commerce.delete_attributedefinition",
    "commerce.export_customer",
    "samples.change_creator",
    "samples.change_sampleorder",
    "samples.change_samplesettings",
    "segments.use_sensitive_fields",
}

OWNER = Role("owner", "Owner", "Everything, the team and exports included.", OWN)
MARKETER = Role(
    "marketer",
    "Marketer",
    "Customers with their contact details, imports, segments and scores. No exports, no team.",
    MARKET,
)
SAMPLES = Role(
    "samples_staff",
    "Samples staff",
    "Samples and creators, with the addresses samples are sent to; looks at everything else.",
    LOOK
    | {
        "commerce.view_contact_details",
        "samples.change_creator",
        "samples.change_sampleorder",
        "samples.change_samplesettings",
        "segments.change_task",
    },
)
VIEWER = Role(
    "viewer", "Viewer", "Looks at figures and lists. Sees no names, e-mails or phone numbers.", LOOK
)
ROLES: dict[str, Role] = {role.key: role for role in (OWNER, MARKETER, SAMPLES, VIEWER)}


def choices() -> list[tuple[str, str]]:
    """Return (key, label) of every role, for a form."""
    return [(role.key, role.label) for role in ROLES.values()]


def make_roles() -> None:
    """Make the groups of this schema and bring their permissions in step with the table.

    A permission that does not exist yet is skipped: its app's migration has not run here.
    """
    known = {
        f"{app}.{codename}": pk
        for pk, app, codename in Permission.objects.values_list(
            "pk", "content_type__app_label", "codename"
        )
    }
    with transaction.atomic():
        for role in ROLES.values():
            group, _ = Group.objects.get_or_create(name=role.key)
            group.permissions.set({known[name] for name in role.permissions if name in known})


def role_of(user: User) -> Role | None:
    """Return the role of a member; None for somebody in no role's group."""
    names = [group.name for group in user.groups.all()]  # prefetched on the team page
    return next((ROLES[name] for name in names if name in ROLES), None)


def give_role(user: User, *, role: str) -> None:
    """Put `user` into the group of `role` and out of every other role's."""
    user.groups.remove(*Group.objects.filter(name__in=ROLES).exclude(name=role))
    user.groups.add(Group.objects.get(name=role))
