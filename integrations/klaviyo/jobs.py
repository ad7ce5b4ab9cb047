"""The background work of Klaviyo. Nothing of it is scheduled without a connected account."""

from typing import Any

from integrations.errors import PlatformError, TryLater
from integrations.klaviyo.answers import ScopeMissing
from integrations.klaviyo.connecting import PROVIDER, Standing
from integrations.klaviyo.due import due
from integrations.klaviyo.opening import open_client
from integrations.klaviyo.syncing import Sync
from integrations.models import KlaviyoList, KlaviyoRun
from integrations.sync import Counts, follow
from tenants import jobs
from tenants.runs import JobFailed, RunHandle

ALL, ONE = "klaviyo", "klaviyo_list"
HOURS = 3_600
ROUND = 30  # minutes
State = KlaviyoList.State


def sync_all(handle: RunHandle) -> dict[str, Any]:
    """Begin a sync of every list whose time has come, or whose segment moved."""
    links = due(at=handle.moment)
    for link in links:
        start_sync(link)
    return {"lists": len(links)}


def start_sync(link: KlaviyoList, *, is_dry: bool = False) -> jobs.Run:
    """Queue a sync of the list unless one waits or works; a dry one only looks."""
    for run in live_runs():
        if run.params.get("list") == link.pk and bool(run.params.get("dry")) == is_dry:
            return run
    return jobs.start(ONE, params={"list": link.pk, "dry": is_dry})


def live_runs() -> list[jobs.Run]:
    """Return the merchant's syncs that wait or work."""
    tenant = jobs.merchant_here()
    with jobs.schema_context("public"):
        states = [jobs.Run.State.QUEUED, jobs.Run.State.RUNNING]
        rows = jobs.Run.objects.filter(tenant=tenant, job=ONE, state__in=states)
        return list(rows.select_related("tenant"))


def sync_list(handle: RunHandle) -> Counts:
    """Sync one list, or look at what that would do."""
    rows = KlaviyoList.objects.select_related("account", "segment")
    link = rows.filter(pk=handle.params["list"]).first()
    if link is None:
        raise JobFailed("The list is no longer kept in step.")
    is_dry = bool(handle.params.get("dry"))
    if not is_dry and link.state != State.ACTIVE:
        raise JobFailed(f"“{link.name}”: {link.get_state_display().lower()}.")
    log = log_of(link, run=handle.run.pk, is_dry=is_dry, at=handle.moment)
    standing = Standing(link.account)

    def work(counts: Counts) -> Counts:
        try:
            with open_client(link.account) as client:
                Sync(client, link, log, handle.moment, handle, counts).run()
        except TryLater:
            raise
        except PlatformError as error:
            if isinstance(error, ScopeMissing):
                standing.scope_missing(error.words, at=handle.moment)
            fail(log, error.words, handle=handle)
            raise
        return told(log)

    try:
        return follow(handle, work, connection=standing)
    except JobFailed as error:
        fail(log, str(error), handle=handle)
        raise


def log_of(link: KlaviyoList, *, run: int | None, is_dry: bool, at: Any) -> KlaviyoRun:
    """Return the log of a background run: one, however often it waits."""
    log, _ = KlaviyoRun.objects.get_or_create(
        list=link, run_id=run, is_dry=is_dry, defaults={"began_at": at}
    )
    return log


def fail(log: KlaviyoRun, words: str, *, handle: RunHandle) -> None:
    """Write why a sync came to nothing."""
    log.state, log.note, log.ended_at = KlaviyoRun.State.FAILED, words, handle.moment
    log.save(update_fields=["state", "note", "ended_at"])


def told(log: KlaviyoRun) -> Counts:
    """Return a log's figures as the run's counts."""
    names = ("added", "removed", "taken_in", "taken_out", "refused")
    return {name: getattr(log, name) for name in names if getattr(log, name)}


jobs.register(
    jobs.Job(
        key=ALL,
        label="Keep Klaviyo's lists in step",
        run=sync_all,
        queue="sync",
        cadence=jobs.Cadence.MINUTES,
        every=ROUND,
        account=PROVIDER,
        help="Adds and takes out whoever entered or left since the last time.",
    )
)
jobs.register(
    jobs.Job(
        key=ONE,
        label="Sync a Klaviyo list",
        run=sync_list,
        queue="sync",
        permission="segments.change_segment",
        needs_params=True,
        lane=lambda params: str(params.get("list", "")),
        run_seconds=6 * HOURS,
        account=PROVIDER,
        help="Brings one list and its segment in step.",
    )
)
