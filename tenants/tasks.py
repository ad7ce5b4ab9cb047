"""The Celery tasks of the ground floor: do a run, and the dispatcher's tick."""

from celery import shared_task

from tenants import alerts, dispatch, jobs
from tenants.execution import settle
from tenants.models import Run
from tenants.runs import RunHandle, claim, finish, next_in_lane
from tenants.schema import connection
from tenants.sending import send


@shared_task(name="tenants.tasks.execute_run")
def execute_run(run_id: int) -> None:
    """Do a run of the merchant the message names."""
    _execute(run_id, schema_name=connection.schema_name)


@shared_task(name="tenants.tasks.execute_platform_run", public=True)
def execute_platform_run(run_id: int) -> None:
    """Do a run of the platform, in `public`, about a merchant that need not be ready."""
    _execute(run_id, schema_name=None)


@shared_task(name="tenants.tasks.tick", public=True)
def tick() -> None:
    """Do one round of the dispatcher."""
    dispatch.seen("beat")
    dispatch.tick()
    alerts.tell()


def _execute(run_id: int, *, schema_name: str | None) -> None:
    run = claim(run_id, schema_name=schema_name)
    if run is None:  # done already, at work elsewhere, or not this merchant's
        return
    if run.job not in jobs.REGISTRY or jobs.REGISTRY[run.job].platform != (schema_name is None):
        finish(run, state=Run.State.FAILED, error=f"This installation has no job “{run.job}”.")
        return
    job = jobs.REGISTRY[run.job]
    settle(job.run, RunHandle(run), limits=job.limits)
    waiting = next_in_lane(run)
    if waiting is not None:
        send([jobs.message_for(waiting, schema_name=run.tenant.schema_name)])
