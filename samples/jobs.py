"""The background work of this floor, and what commerce tells it."""

from typing import Any

from commerce import merging, order_followers
from samples import classifying, merged, preview
from samples.history import CLASSIFY, classify_all, classify_first
from tenants import events
from tenants.jobs import Job, register
from tenants.runs import RunHandle


def run_classify(handle: RunHandle) -> dict[str, Any]:
    """Classify every order."""
    return classify_all(on=handle.today, at=handle.moment, progress=handle)


def run_preview(handle: RunHandle) -> dict[str, Any]:
    """Count what the settings in the parameters would change."""
    return preview.count_all(handle.params["settings"], progress=handle)


order_followers.FOLLOWERS.register(
    order_followers.Follower("samples", "Samples", classifying.follow)
)
merging.MERGE_PARTS.register(merging.MergePart("samples", "Samples", merged.move, merged.restore))
events.UPGRADED.register(events.TenantEvent("samples", "Samples", classify_first))
register(
    Job(
        key=CLASSIFY,
        label="Look for samples in all orders",
        run=run_classify,
        permission="samples.change_samplesettings",
        help="After a change of the samples settings. New and changed orders need no run.",
    )
)
register(
    Job(
        key=preview.PREVIEW,
        label="Count what samples settings would change",
        run=run_preview,
        needs_params=True,
        permission="samples.change_samplesettings",
        help="Asked for on the samples settings, before they are saved.",
    )
)
