"""Landing a chunk: its rows, what they count and how far the file is done, in one transaction."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import psycopg
from django.db import DataError, transaction
from psycopg import sql

from commerce.ingest import Applied, Ingest, apply, staging
from integrations.csv import loading, meanings, orders, others
from integrations.csv.chunks import Chunk
from integrations.csv.fields import Kind
from integrations.csv.loading import Rejection
from integrations.csv.mapping import LINES, Mapping
from integrations.csv.plan import Plan
from integrations.models import ImportFile, RejectedRow
from tenants.schema import connection

KEPT_REJECTIONS = 100_000  # of a file; all are counted


@dataclass
class Landing:
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

    def _apply_all(self, cursor: Any, rows: list[str]) -> tuple[Applied, list[Rejection]]:
        """Apply the rows; one that the database cannot hold is found by halves and rejected."""
        if not rows:
            return Applied(), []
        try:
            with transaction.atomic():
                return self._apply(cursor, rows)
        except (DataError, psycopg.DataError):
            if len(rows) == 1:
                line = int(rows[0].partition("\t")[0])
                return Applied(), [Rejection(line, "is too large for the database")]
        middle = len(rows) // 2
        first, rejected = self._apply_all(cursor, rows[:middle])
        second, more = self._apply_all(cursor, rows[middle:])
        return first + second, rejected + more

    def _apply(self, cursor: Any, rows: list[str]) -> tuple[Applied, list[Rejection]]:
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

    def _stage(self, cursor: Any, mapping: Mapping, values: dict[str, Any]) -> list[Rejection]:
        late: list[Rejection] = []
        if mapping.kind == Kind.ORDERS:
            loading.convert(cursor, mapping=mapping, values=values)
            late = meanings.reject(cursor, mapping=mapping, values=values)
            orders.stage(cursor, mapping=mapping, values=values)
        else:
            late = [
                Rejection(line, "names neither a customer id nor an e-mail")
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

    def _count(self, applied: Applied, chunk: Chunk, refused: list[Rejection]) -> None:
        file, counts = self.file, dict(self.file.counts)
        for name, number in {**asdict(applied), "rejected": len(refused)}.items():
            counts[name] = counts.get(name, 0) + number
        room = max(0, KEPT_REJECTIONS - counts["rejected"] + len(refused))
        for batch in _batches(refused[:room]):
            RejectedRow.objects.bulk_create(
                RejectedRow(file=file, line=line, reason=reason, cells=cells)
                for line, reason, cells in batch
            )
        # Set on the file only once written: a rolled-back chunk must leave no trace in it.
        rows_done = file.rows_done + chunk.count
        ImportFile.objects.filter(pk=file.pk).update(rows_done=rows_done, counts=counts)
        file.rows_done, file.counts = rows_done, counts


def _batches(refused: list[Rejection], size: int = 5_000) -> Iterator[list[Rejection]]:
    for start in range(0, len(refused), size):
        yield refused[start : start + size]
