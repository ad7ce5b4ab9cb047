"""What somebody did, for the audit page, beside the field changes django-auditlog writes itself.

Rows stand in the merchant's own schema. Facts are counts, keys and choices; never a customer's
name, address or phone number, and never a secret.
"""

import contextlib
from typing import Any

from auditlog.context import auditlog_value
from auditlog.models import LogEntry
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.utils.text import capfirst

# Key → what the audit page calls it. A key that is missing here is shown as it is written.
LABELS = {
    "export": "Exported",
    "import": "Imported",
    "bulk_change": "Changed in bulk",
    "sign_in": "Signed in",
    "sign_in_failed": "Failed to sign in",
    "sign_in_locked": "Was locked out",
    "sign_out": "Signed out",
    "invite": "Invited",
    "withdraw_invitation": "Withdrew an invitation",
    "accept_invitation": "Joined the team",
    "change_role": "Changed a role",
    "deactivate": "Deactivated",
    "reactivate": "Reactivated",
    "make_key": "Made a service key",
    "change_key": "Changed a service key",
    "replace_key": "Replaced a service key",
    "revoke_key": "Revoked a service key",
    "password_reset": "Set a new password by e-mail",
    "settings": "Changed the settings",
    "retention": "Changed how long records are kept",
    "edit_customer": "Changed a customer",
    "merge": "Merged two customers",
    "undo_merge": "Parted two merged customers",
    "event_roles": "Said what events mean",
    "never_contact": "Changed whom never to contact",
    "sensitive_fields": "Changed which fields are sensitive",
    "sensitive_use": "Used a sensitive field",
    "segment_set": "Changed a set of segments",
    "add_creator": "Added a creator",
    "edit_creator": "Changed a creator",
    "remove_creator": "Deleted a creator",
    "merge_creators": "Merged two creators",
    "erase_creators": "Erased creators with their customers",
    "add_creator_code": "Gave a creator a code",
    "remove_creator_code": "Took a code from a creator",
    "link_samples": "Linked samples to creators",
    "unlink_samples": "Undid links of samples",
    "record_post": "Recorded a post",
    "remove_post": "Deleted a post",
    "ask_for_sample": "Asked for a sample",
    "approve_sample_request": "Approved a sample request",
    "decline_sample_request": "Declined a sample request",
    "order_sample_request": "Ordered a requested sample",
    "close_sample_request": "Closed a sample request",
    "usage_right": "Wrote down a usage right",
    "remove_usage_right": "Deleted a usage right",
    "remind_creators": "Reminded creators",
    "expect_no_post": "Expected no post any more",
    "track_sample": "Changed a tracking link",
    "follow_up_settings": "Changed the limits of follow-ups",
    "order_policy": "Changed the order policy",
    "population_policy": "Changed who counts as a customer",
    "samples_settings": "Changed the samples settings",
    "trigger": "A trigger did its work",
    "save_trigger": "Changed a trigger",
    "delete_trigger": "Deleted a trigger",
    "switch_trigger": "Switched a trigger on or off",
    "pause_trigger": "Paused or resumed what a trigger sends",
    "replay_trigger": "Sent a trigger's failed deliveries again",
    "webhook_secret": "Changed a webhook's secret",
    "pause_outgoing": "Paused or resumed everything that goes out",
    "contact_rules": "Changed how often customers may be reached",
    "make_promo_code": "Made a promo code",
    "save_promo_code": "Changed a promo code",
    "delete_promo_code": "Deleted a promo code",
    "import_promo_codes": "Imported promo codes",
    "push_promo_code": "Sent a promo code to a shop system",
    "ask_export": "Asked for a copy of a customer's data",
    "ask_erasure": "Asked for a customer to be erased",
    "ask_shop": "Was told that a shop took the app off",
    "call_off_shop": "Kept a shop's data, for it is connected again",
    "erase_customer": "Erased customers",
    "download_privacy_file": "Downloaded a copy of a customer's data",
    "sync_shopify_segments": "Had Shopify's segments read again",
    "choose_shopify_segment": "Chose whether a Shopify segment's members are mirrored",
    "shopify_messages": "Tried again or dropped messages from Shopify",
    "let_in": "Let somebody erased be a customer again",
    "mark_sample": "Decided whether orders are samples",
}
READS = frozenset(
    ["export", "download_privacy_file", "sign_in", "sign_out", "sign_in_failed", "sign_in_locked"]
)

Actor = AbstractBaseUser | AnonymousUser | None


def record(actor: Actor, action: str, subject: Model | type[Model] | str, /, **facts: Any) -> None:
    """Write that `actor` did `action` to a row, to rows of a model, or to what a label names."""
    LogEntry.objects.create(
        **_subject(subject),
        action=LogEntry.Action.ACCESS if action in READS else LogEntry.Action.UPDATE,
        actor=actor if getattr(actor, "pk", None) else None,
        actor_email=getattr(actor, "email", "") or None,
        additional_data={"what": action} | facts,
    )


def name_actor(name: str) -> None:
    """Let the audit rows of this request say who acts when it is nobody of the team."""
    with contextlib.suppress(LookupError):  # outside a request there is nothing to name
        auditlog_value.get()["actor_email"] = name


def label(entry: LogEntry) -> str:
    """Return what was done in `entry`, in words."""
    key = (entry.additional_data or {}).get("what")
    if key:
        return LABELS.get(key, str(key).replace("_", " ").capitalize())
    return {0: "Added", 1: "Changed", 2: "Deleted", 3: "Looked at"}[entry.action]


def _name(row: Model) -> str:
    """Return what to call a row; one that has no name of its own is called after its model."""
    has_name = type(row).__str__ is not Model.__str__
    return str(row) if has_name else capfirst(str(row._meta.verbose_name))


def _subject(subject: Model | type[Model] | str) -> dict[str, Any]:
    if isinstance(subject, Model):
        return {
            "content_type": ContentType.objects.get_for_model(subject),
            "object_pk": str(subject.pk),
            "object_id": subject.pk if isinstance(subject.pk, int) else None,
            "object_repr": _name(subject),
        }
    if isinstance(subject, str):
        kind, name = ContentType.objects.get_for_model(LogEntry), subject
    else:
        kind, name = (
            ContentType.objects.get_for_model(subject),
            str(subject._meta.verbose_name_plural),
        )
    return {"content_type": kind, "object_pk": "", "object_id": None, "object_repr": name}
