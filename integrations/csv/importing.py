"""Importing a file: chunks of rows, each landing with the count of rows done, or not at all.

The next chunk is read and encoded in a thread while the database works on the present one. Whoever
is killed leaves whole chunks: the next attempt reads the file again and skips the rows done.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

import psycopg
from django.db import DataError, transaction
from django.utils import timezone
from psycopg import sql

from commerce.ingest import Applied, Ingest, analyze_store, apply, catch_up, staging
from commerce.models import AttributeDefinition, DataSource
from integrations.csv import loading, orders, others
from integrations.csv.fields import Kind
from integrations.csv.files import is_packed, path_of
from integrations.csv.mapping import LINES, Mapping
from integrations.csv.plan import Plan, make_plan
from integrations.csv.reading import Records, Row, Source
from integrations.csv.values import Refused
from integrations.models import ImportFile, RejectedRow
from tenants.progress import Progress
from tenants.schema import connection

CHUNK = 100_000  # rows: 20 MB of text, some 3 s of the database
# Bytes from which customers' numbers are left to the file's end: several chunks of it.
LONG, LONG_PACKED = 32 * 1024**2, 4 * 1024**2
# After which chunks the planner is told how the store has grown: nothing is known of a new one.
ANALYZED_AFTER = {1, 4, 16, 64}
KEPT_REJECTIONS = 100_000  # of a file; all are counted
KEPT_CELLS, KEPT_TEXT = 50, 200


@dataclass
class Chunk:
    """Some rows ready for COPY, those refused while reading, and how far the file was read then."""

    rows: list[str] = field(default_factory=list)
    refused: list[RejectedRow] = field(default_factory=list)
    count: int = 0  # records read, refused ones too
    position: int = 0


class DryRun(Exception):  # noqa: N818 - how a trial is rolled back
    """A trial came to its end; everything it wrote is undone."""


def run_import(file: ImportFile, *, today: date, progress: Progress) -> dict[str, int]:
    """Import `file` from where it stands and return the counts of all its attempts."""
    if file.started_at is None:
        file.started_at = timezone.now()
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
            kept = list(trial.rejected.order_by("line")[:200])
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
    job = _Job(file, plan, today, file.started_at, feed.shares_people, is_long(file))
    source = Source(path_of(file), is_upload=file.is_upload)
    chunks = read_chunks(source, plan=plan, skip=file.rows_done)
    landed = 0
    with ThreadPoolExecutor(1, thread_name_prefix="import") as pool:
        try:
            ahead = pool.submit(next, chunks, None)
            while (chunk := ahead.result()) is not None:
                ahead = pool.submit(next, chunks, None)
                job.land(chunk)
                landed += 1
                if landed in ANALYZED_AFTER:
                    analyze_store()
                progress.report(chunk.position, source.size, f"{file.rows_done:,} rows")
        finally:
            ahead.cancel()
            pool.shutdown(wait=True)
            source.close()


def read_chunks(source: Source, *, plan: Plan, skip: int = 0) -> Iterator[Chunk]:
    """Yield the rows of the file after the header and the first `skip` of them."""
    mapping = plan.mapping
    records = Records(source, encoding=mapping.encoding, delimiter=mapping.delimiter)
    rows = iter(records)
    header = next(row for row in rows if any(cell.strip() for cell in row.cells))
    records.width = len(header.cells)
    next(islice(rows, skip, skip), None)
    while True:
        chunk = _read_chunk(rows, plan)
        if not chunk.count:
            return
        chunk.position = source.position
        yield chunk


def _read_chunk(rows: Iterator[Row], plan: Plan) -> Chunk:
    chunk, encode = Chunk(), plan.encode
    for row in islice(rows, CHUNK):
        chunk.count += 1
        try:
            if row.problem:
                raise Refused(row.problem)
            chunk.rows.append(encode(row.cells, row.line))
        except Refused as refused:
            chunk.refused.append(_rejected(row, str(refused)))
    return chunk


def _rejected(row: Row, reason: str) -> RejectedRow:
    cells = [cell.replace("\0", "␀")[:KEPT_TEXT] for cell in row.cells[:KEPT_CELLS]]
    return RejectedRow(line=row.line, reason=reason[:300], cells=cells)


@dataclass
class _Job:
    """What stays the same over the chunks of one attempt."""

    file: ImportFile
    plan: Plan
    today: date
    started_at: datetime
    shares_people: bool
    numbers_later: bool

    def land(self, chunk: Chunk) -> None:
        """Write a chunk, what it counts and how far it reaches, in one transaction."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL work_mem = '64MB'")
            applied, late = self._apply_all(cursor, chunk.rows)
            self._count(applied, chunk, [*chunk.refused, *late])

    def _apply_all(self, cursor: Any, rows: list[str]) -> tuple[Applied, list[RejectedRow]]:
        """Apply the rows; one that the database cannot hold is found by halves and rejected."""
        if not rows:
            return Applied(), []
        try:
            with transaction.atomic():
                return self._apply(cursor, rows)
        except (DataError, psycopg.DataError):
            if len(rows) == 1:
                line = int(rows[0].partition("\t")[0])
                return Applied(), [RejectedRow(line=line, reason="is too large for the database")]
        middle = len(rows) // 2
        first, rejected = self._apply_all(cursor, rows[:middle])
        second, more = self._apply_all(cursor, rows[middle:])
        return first + second, rejected + more

    def _apply(self, cursor: Any, rows: list[str]) -> tuple[Applied, list[RejectedRow]]:
        mapping, values = self.plan.mapping, self._values()
        staging.prepare(cursor)
        loading.create(cursor, kind=mapping.kind)
        self._copy(cursor, rows)
        rejected = self._stage(cursor, mapping, values)
        return apply(cursor, how=self._how(mapping)), rejected

    def _copy(self, cursor: Any, rows: list[str]) -> None:
        statement = sql.SQL("COPY pg_temp.csv_row ({}) FROM STDIN").format(
            sql.SQL(", ").join(map(sql.Identifier, self.plan.names))
        )
        with cursor.copy(statement) as copy:
            copy.write("\n".join(rows) + "\n")

    def _stage(self, cursor: Any, mapping: Mapping, values: dict[str, Any]) -> list[RejectedRow]:
        late: list[RejectedRow] = []
        if mapping.kind == Kind.ORDERS:
            loading.convert(cursor, mapping=mapping, values=values)
            late = [
                RejectedRow(line=line, reason=reason)
                for line, reason in loading.reject(cursor, mapping=mapping, values=values)
            ]
            orders.stage(cursor, mapping=mapping, values=values)
        else:
            late = [
                RejectedRow(line=line, reason="names neither a customer id nor an e-mail")
                for line in others.nameless(cursor)
            ]
        if mapping.kind == Kind.EVENTS:
            others.stage_events(cursor)
        loading.people(cursor, mapping=mapping, names=self.plan.names, values=values)
        return late

    def _values(self) -> dict[str, Any]:
        return {
            "source": self.file.source,
            "started_at": self.started_at,
            "currency": connection.tenant.currency,
        }

    def _how(self, mapping: Mapping) -> Ingest:
        is_lines = mapping.kind == Kind.ORDERS and mapping.shape == LINES
        return Ingest(
            source=self.file.source,
            today=self.today,
            import_id=self.file.pk,
            cause="import",
            shares_people=self.shares_people,
            emails_make_customers=True,
            lines_by_content=is_lines,
            told=frozenset({"discount_total", "total"} & set(mapping.targets)),
            numbers_later=self.numbers_later,
        )

    def _count(self, applied: Applied, chunk: Chunk, refused: list[RejectedRow]) -> None:
        file, counts = self.file, dict(self.file.counts)
        for name, number in {**asdict(applied), "rejected": len(refused)}.items():
            counts[name] = counts.get(name, 0) + number
        room = max(0, KEPT_REJECTIONS - counts["rejected"] + len(refused))
        for row in refused:
            row.file = file
        RejectedRow.objects.bulk_create(refused[:room], batch_size=5_000)
        # Set on the file only once written: a rolled-back chunk must leave no trace in it.
        rows_done = file.rows_done + chunk.count
        ImportFile.objects.filter(pk=file.pk).update(rows_done=rows_done, counts=counts)
        file.rows_done, file.counts = rows_done, counts
