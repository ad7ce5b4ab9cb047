"""Background work of this floor."""

from typing import Any

from integrations.csv import importing, services
from integrations.csv.source import Unreadable
from integrations.models import ImportFile
from tenants import jobs
from tenants.progress import Cancelled, Silence
from tenants.runs import JobFailed, LeaseLost, RunHandle

HOURS = 3_600


def import_file(handle: RunHandle) -> dict[str, Any]:
    """Import the file that the run names, or try it out."""
    file = ImportFile.objects.filter(pk=handle.params["file"]).first()
    if file is None:
        raise JobFailed("The file to import has been deleted.")
    file.run_id = handle.run.pk
    file.save(update_fields=["run_id"])
    try:
        if handle.params.get("dry_run"):
            return importing.try_out(file, today=handle.today, progress=handle)
        services.declare_attributes(file)
        return importing.run_import(file, today=handle.today, progress=handle)
    except LeaseLost:
        raise
    except Cancelled:
        _end(file, ImportFile.State.CANCELLED)
        importing.count_behind(file, today=handle.today, progress=Silence())
        raise
    except (Unreadable, FileNotFoundError) as error:
        words = str(error) if isinstance(error, Unreadable) else "The file is gone."
        _end(file, ImportFile.State.FAILED, words)
        raise JobFailed(words) from error


def _end(file: ImportFile, state: str, words: str = "") -> None:
    ImportFile.objects.filter(pk=file.pk).update(state=state, error=words)


jobs.register(
    jobs.Job(
        key=services.JOB,
        label="Import a file",
        run=import_file,
        queue="sync",
        permission="access.import_data",
        needs_params=True,
        run_seconds=24 * HOURS,
        help="Reads orders, customers or events from an uploaded CSV file.",
    )
)
