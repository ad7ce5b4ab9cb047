"""Asking for a segment's members to be counted again, for its page, the API and the command."""

from django.core.exceptions import ValidationError

from segments.catalogue import StoreCatalogue
from segments.definitions import REFRESH
from segments.models import Segment
from segments.models.membership import Cause
from segments.rules.errors import RuleError
from segments.rules.parse import parse
from tenants import jobs
from tenants.models import Run


def make_refreshable(segment: Segment) -> None:
    """Let a rule segment that needed attention be counted again, once its rule can be read.

    Raises ValidationError for a segment whose members are not counted from rules, or are kept as
    they are; RuleError for what is still wrong.
    """
    if segment.kind != Segment.Kind.RULES:
        raise ValidationError(f"The members of “{segment.name}” do not come from rules.")
    if segment.state == Segment.State.ARCHIVED:
        raise ValidationError("An archived segment keeps its last members. Bring it back first.")
    if segment.state == Segment.State.DRAFT:
        raise ValidationError("A draft is not counted. Activate it first.")
    if segment.state == Segment.State.NEEDS_ATTENTION:
        parse(segment.rules, StoreCatalogue())  # says what is still wrong
        segment.state, segment.state_reason = Segment.State.ACTIVE, ""
        segment.save(update_fields=["state", "state_reason"])


def ask_refresh(segment: Segment) -> Run:
    """Queue the counting of a segment; raise ValidationError in words when it cannot be."""
    try:
        make_refreshable(segment)
    except RuleError as error:
        raise ValidationError(f"Its rule no longer holds: {error.message}") from None
    return jobs.start(REFRESH, params={"segments": [segment.pk], "cause": Cause.DATA})
