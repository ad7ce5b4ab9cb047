"""Importing a file: chunks of rows, each landing with the count of rows done, or not at all.

The next chunk is read and encoded in a thread while the database works on the present one. Whoever
is killed leaves whole chunks: the next attempt reads the file again and skips the rows done.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

from django.db import transaction
from django.utils import timezone

from commerce.ingest import analyze_store, catch_up
from commerce.models import AttributeDefinition, DataSource
from integrations.csv.chunks import read_chunks
from integrations.csv.fields import Kind
from integrations.csv.files import is_packed, path_of
from integrations.csv.landing import Landing
from integrations.csv.mapping import Mapping
from integrations.csv.plan import make_plan
from integrations.csv.source import Source
from integrations.models import ImportFile, RejectedRow
from tenants.progress import Progress

# Bytes from which customers' numbers are left to the file's end: several chunks of it.
LONG, LONG_PACKED = 32 * 1024**2, 4 * 1024**2
# After which chunks the planner is told how the store has grown: nothing is known of a new one.
ANALYZED_AFTER = {1, 4, 16, 64}
KEPT_OF_TRIAL = 200  # rejected rows of a trial that are shown afterwards


class DryRun(Exception):  # noqa: N818 - how a trial is rolled back
    """A trial came to its end; everything it wrote is undone."""


def run_import(file: ImportFile, *, today: date, progress: Progress) -> dict[str, int]:
    """Import `file` from where it stands and return the counts of all its attempts."""
    if file.started_at is None:
        file.started_at = timezone.now()
    if not file.rows_done:
        file.rejected.all().delete()  # a trial's
    file.state, file.error = ImportFile.State.RUNNING, ""
    file.save(update_fields=["started_at", "state", "error"])
    _work(file, today=today, progress=progress)
    count_behind(file, today=today, progress=progress)
    file.state, file.finished_at = ImportFile.State.DONE, timezone.now()
    file.save(update_fields=["state", "finished_at"])
    return dict(file.counts)


def count_behind(file: ImportFile, *, today: date, progress: Progress) -> None:
    """Count the numbers that a long import has left to its end; also when it was stopped."""
    if is_long(file):
        catch_up(import_id=file.pk, today=today, cause="import", progress=progress)


def is_long(file: ImportFile) -> bool:
    """Whether the file has too many chunks to count its customers again in each."""
    return file.kind == Kind.ORDERS and file.size > (LONG_PACKED if is_packed(file) else LONG)


def try_out(file: ImportFile, *, today: date, progress: Progress) -> dict[str, int]:
    """Do the whole import in one transaction, undo it, and return what it would count."""
    trial = ImportFile.objects.get(pk=file.pk)
    trial.rows_done, trial.counts, trial.started_at = 0, {}, timezone.now()
    try:
        with transaction.atomic():
            trial.rejected.all().delete()
            _work(trial, today=today, progress=progress)
            kept = list(trial.rejected.order_by("line")[:KEPT_OF_TRIAL])
            raise DryRun
    except DryRun:
        file.dry_counts = trial.counts
        file.save(update_fields=["dry_counts"])
        file.rejected.all().delete()
        RejectedRow.objects.bulk_create(
            RejectedRow(file=file, line=row.line, reason=row.reason, cells=row.cells)
            for row in kept
        )
    return dict(trial.counts)


def _work(file: ImportFile, *, today: date, progress: Progress) -> None:
    mapping = Mapping.from_json(file.mapping)
    plan = make_plan(mapping, kinds=dict(AttributeDefinition.objects.values_list("key", "kind")))
    feed, _ = DataSource.objects.get_or_create(key=file.source, defaults={"label": "CSV files"})
    assert file.started_at is not None
    landing = Landing(file, plan, today, file.started_at, feed.shares_people, is_long(file))
    source = Source(path_of(file), is_upload=file.is_upload)
    chunks = read_chunks(source, plan=plan, skip=file.rows_done)
    landed = 0
    with ThreadPoolExecutor(1, thread_name_prefix="import") as pool:
        try:
            ahead = pool.submit(next, chunks, None)
            while (chunk := ahead.result()) is not None:
                ahead = pool.submit(next, chunks, None)
                landing.land(chunk)
                landed += 1
                if landed in ANALYZED_AFTER:
                    analyze_store()
                progress.report(chunk.position, source.size, f"{file.rows_done:,} rows")
        finally:
            ahead.cancel()
            pool.shutdown(wait=True)
            source.close()
