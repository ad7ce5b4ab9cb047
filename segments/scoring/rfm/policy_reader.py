"""What another order policy would do to the scores, told before it is made so."""

from dataclasses import replace
from datetime import date

from commerce.models import OrderPolicy
from commerce.policy_effect import Reader
from commerce.rollups.counted import heeded_reasons
from segments.models import RfmSettings
from segments.scoring.rfm.definition import read_definition
from segments.scoring.rfm.preview import preview
from segments.scoring.rfm.run import latest_run
from tenants.jobs import JobFailed

# What an order spent and until when it counts are written into it: only a recount tells.
_WRITTEN = ("spend", "cancelled_count", "fully_refunded_count")


def say(policy: OrderPolicy, on: date) -> str:
    """Return how many customers would change their RFM segment, as of the last calculation."""
    run, current = latest_run(), OrderPolicy.current()
    if run is None:
        return ""
    if any(getattr(policy, name) != getattr(current, name) for name in _WRITTEN):
        return "RFM scores follow after the recount; that change is not counted beforehand."
    definition = read_definition(RfmSettings.current())
    definition = replace(definition, reasons=tuple(heeded_reasons(policy)))
    try:
        found = preview(definition, as_of=run.as_of)
    except JobFailed:
        return "RFM scores follow; there are too many orders to count that change here."
    stay = found.moved - found.entering - found.leaving
    return (
        f"RFM as of {run.as_of:%-d %b %Y}: {stay:,} customer{'' if stay == 1 else 's'} would change"
        f" segment,"
        f" {found.entering:,} would be scored for the first time and {found.leaving:,} no longer."
    )


READER = Reader("rfm", "RFM", say)
