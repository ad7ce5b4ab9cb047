"""From the facts to everybody's new scores, as relations of one transaction."""

from datetime import date, timedelta

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from segments.scoring.rfm.candidates import TABLE as CANDIDATES
from segments.scoring.rfm.cuts import Cuts
from segments.scoring.rfm.definition import Definition
from segments.scoring.rfm.grid import build_grid, cell_of, grid_values
from segments.scoring.rfm.numbers import numbers_query
from segments.scoring.rfm.ranking import rank_cuts
from segments.scoring.rfm.rolled import rolled_query

FRESH = sql.SQL("rfm_fresh")
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('rfm'), hashtext(current_schema()))"
# 256 MB: a million customers are added up without spilling to disk; one run a tenant holds it at a
# time.
# Dropped at commit; a caller with a longer transaction of its own may come twice.
_DISCARD = """
DROP TABLE IF EXISTS rfm_marked, rfm_candidate, rfm_fresh, rfm_rescored, rfm_difference, rfm_moved,
    rfm_membership
"""
# What a daily pass looks up is in memory or on a disk without heads: by index, not by reading it
# all.
_SETTINGS = "SET LOCAL work_mem = '256MB'; SET LOCAL jit = off; SET LOCAL random_page_cost = 1.1"
_SCORED = sql.SQL("""
SELECT n.customer_id, n.last_on, n.frequency, n.monetary, grid.r, grid.f, grid.m, grid.code,
    grid.score, grid.segment
FROM rfm_fresh n JOIN {grid} ON grid.cell = {cell}
""")
# Everybody else: their numbers stand, but a recency or a cut-off may have moved past them. Read in
# parallel, so no temporary
# table is joined here.
_RESCORED = sql.SQL("""
CREATE TEMP TABLE rfm_rescored ON COMMIT DROP AS
SELECT s.customer_id, s.last_order_on AS last_on, s.frequency, s.monetary, grid.r, grid.f, grid.m,
    grid.code, grid.score, grid.segment
FROM segments_rfmscore s JOIN {grid} ON grid.cell = {cell}
WHERE ({may_differ})
    AND (s.r <> grid.r OR s.f <> grid.f OR s.m <> grid.m OR s.segment <> grid.segment)
""")
_NOT_CANDIDATES = sql.SQL("""
SELECT {columns} FROM {table} s
WHERE NOT EXISTS (SELECT FROM rfm_candidate c WHERE c.customer_id = s.customer_id)
""")
_POPULATION = sql.SQL("(SELECT last_on, frequency, monetary FROM rfm_fresh UNION ALL {})")


def prepare(cursor: CursorWrapper) -> None:
    """Wait for another run of this merchant to end, and take memory for the aggregation."""
    cursor.execute(_LOCK)
    take_memory(cursor)


def take_memory(cursor: CursorWrapper) -> None:
    """Let this transaction aggregate in memory, and begin without anybody's relations."""
    cursor.execute(_SETTINGS)
    cursor.execute(_DISCARD)


def read_fresh(
    cursor: CursorWrapper, definition: Definition, *, as_of: date, is_full: bool
) -> None:
    """Make `rfm_fresh` (customer_id, last_on, frequency, monetary) for everybody, or for
    `rfm_candidate`.
    """
    query = None
    if not is_full:
        query = rolled_query(cursor, definition, as_of=as_of, only=CANDIDATES)
    if query is None:
        query = numbers_query(definition, as_of=as_of, only=None if is_full else CANDIDATES)
    cursor.execute(sql.SQL("CREATE TEMP TABLE rfm_fresh ON COMMIT DROP AS {}").format(query))
    cursor.execute("ANALYZE rfm_fresh")


def scored_query(
    cursor: CursorWrapper, definition: Definition, *, as_of: date, since: date | None
) -> sql.Composable:
    """Return SQL for the new scores of everybody whose scores may differ from the stored ones.

    `since` is the day the stored ones stand at; None: everybody is in `rfm_fresh`.
    """
    population = FRESH if since is None else _everybody()
    cuts = read_cuts(cursor, definition, population=population, as_of=as_of)
    customers = None
    if definition.map.by_score:
        customers = _count_cells(cursor, cuts, population=population, as_of=as_of)
    grid = grid_values(build_grid(definition, customers=customers))
    scored = _SCORED.format(grid=grid, cell=cell_of(cuts, as_of=as_of, source="n"))
    if since is None:
        return scored
    may_differ: sql.Composable = sql.SQL("TRUE")
    if not definition.method.ranks and not definition.map.by_score:
        may_differ = crossed(cuts, since=since, as_of=as_of)
    cell = cell_of(cuts, as_of=as_of, source="s")
    cursor.execute(_RESCORED.format(grid=grid, cell=cell, may_differ=may_differ))
    others = _NOT_CANDIDATES.format(columns=sql.SQL("s.*"), table=sql.Identifier("rfm_rescored"))
    return sql.SQL("{} UNION ALL {}").format(scored, others)


def crossed(cuts: Cuts, *, since: date, as_of: date) -> sql.Composable:
    """Return the condition "the recency of s passed a limit between the two days"."""
    if since == as_of:
        return sql.SQL("FALSE")
    return sql.SQL(" OR ").join(
        sql.SQL("s.last_order_on BETWEEN {} AND {}").format(
            sql.Literal(since - timedelta(days=limit)),
            sql.Literal(as_of - timedelta(days=limit + 1)),
        )
        for limit in cuts.recency
        if limit is not None
    )


def read_cuts(
    cursor: CursorWrapper, definition: Definition, *, population: sql.Composable, as_of: date
) -> Cuts:
    """Return the cuts of the method: its thresholds, or where its ranks fall in `population`."""
    if definition.method.ranks:
        return rank_cuts(cursor, definition, population=population, as_of=as_of)
    return definition.method.cuts(definition.parameters)


def _everybody() -> sql.Composed:
    stored = _NOT_CANDIDATES.format(
        columns=sql.SQL("s.last_order_on, s.frequency, s.monetary"),
        table=sql.Identifier("segments_rfmscore"),
    )
    return _POPULATION.format(stored)


def _count_cells(
    cursor: CursorWrapper, cuts: Cuts, *, population: sql.Composable, as_of: date
) -> dict[tuple[int, int, int], int]:
    cursor.execute(
        sql.SQL("SELECT {} AS cell, count(*) FROM {} AS everyone GROUP BY 1").format(
            cell_of(cuts, as_of=as_of, source="everyone"), population
        )
    )
    return {(cell // 100, cell // 10 % 10, cell % 10): n for cell, n in cursor.fetchall()}
