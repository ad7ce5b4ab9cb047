"""What happens by itself as time passes: bulk imports are done, segments finish computing."""

from integrations.sandbox.klaviyo.account import Account, Job
from integrations.sandbox.klaviyo.problems import Problem


def settle(account: Account) -> None:
    """Do whatever is due by the account's clock."""
    now = account.clock.now()
    for job in account.jobs.values():
        if job.status == "queued":
            job.status, job.started = "processing", now
        if job.status == "processing" and now >= job.ready_at:
            _finish(account, job)


def _finish(account: Account, job: Job) -> None:
    """Write the rows of an import; what belongs to two profiles is a failed row."""
    group = account.lists.get(job.list_id)
    for place, row in enumerate(job.rows):
        attributes = row["attributes"]
        properties = {
            name: value  # a bulk import cannot clear
            for name, value in (attributes.get("properties") or {}).items()
            if value is not None
        }
        named = any(attributes.get(one) for one in ("email", "phone_number", "external_id"))
        if not named:
            continue  # its phone was dropped without a word
        try:
            profile, _ = account.upsert(attributes | {"properties": properties})
        except Problem as problem:
            job.failures.append(_failure(problem, attributes, place=place))
            continue
        if profile.id not in job.profiles[-1:]:
            job.profiles.append(profile.id)
        if group is not None:
            account.join(group, profile.id)
    job.status, job.done = "complete", account.clock.now()


def _failure(problem: Problem, attributes: dict[str, object], *, place: int) -> dict[str, object]:
    one = problem.errors[0]
    pointer = f"/data/attributes/profiles/data/{place}/attributes"
    return {
        "code": one["code"],
        "title": one["title"],
        "detail": one["detail"],
        "source": {"pointer": pointer},
        "original_payload": attributes,
    }
