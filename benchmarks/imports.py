"""Part `import`: the big store through the real import, against a bare COPY of the same rows."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from psycopg import sql

from benchmarks import merchant
from benchmarks.measure import Report, timed
from commerce.models import Order, OrderLine
from tenants import jobs
from tenants.schema import connection

TABLES = (Order._meta.db_table, OrderLine._meta.db_table)


def measure(folder: Path, report: Report) -> None:
    """Import customers and orders by command; then COPY the same orders and lines."""
    with merchant.inside():
        if Order.objects.exists():
            report.add("the store is here already", "kept", "drop var/bench to import")
        else:
            _import(folder, report)
        _bare(folder, report)


def _import(folder: Path, report: Report) -> None:
    seconds, _ = _command("import_customers", folder / "customers.csv")
    report.seconds("import of the customers file", seconds)
    seconds, peak = _command("import_orders", folder / "lines.csv")
    report.seconds("import of the order lines", seconds)
    report.add("peak memory of the import", f"{peak:.0f} MiB", "< 500 MiB", ok=peak < 500)
    (folder / "import.seconds").write_text(str(seconds))
    with timed() as clock:
        jobs.run_now("store_days")
    report.seconds("counting the store's days afterwards", clock.seconds)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _command(name: str, path: Path) -> tuple[float, float]:
    """Run an import command in a process of its own; return seconds and its peak in MiB."""
    command = [sys.executable, "manage.py", name, str(path), "--tenant", merchant.SLUG, "--json"]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    drained = threading.Thread(target=process.stderr.read)
    drained.start()
    _, status, usage = os.wait4(process.pid, 0)
    drained.join()
    if status:
        raise SystemExit(f"{name} failed")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def _bare(folder: Path, report: Report) -> None:
    total = 0.0
    for table in TABLES:
        path = folder / f"{table}.copy"
        _unload(table, path)
        total += _load(table, path)
        path.unlink()
    report.seconds("bare COPY of the same orders and lines, indexed", total)
    stored = folder / "import.seconds"
    if stored.exists():
        report.ratio("import / bare COPY", float(stored.read_text()), total, at_most=3)


def _unload(table: str, path: Path) -> None:
    query = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))
    with path.open("wb") as file, connection.cursor() as cursor, cursor.copy(query) as copy:
        for block in copy:
            file.write(block)


def _load(table: str, path: Path) -> float:
    twin, original = sql.Identifier("bench_twin"), sql.Identifier(table)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(twin))
        cursor.execute(sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)").format(twin, original))
        load = sql.SQL("COPY {} FROM STDIN").format(twin)
        with timed() as clock, path.open("rb") as file, cursor.copy(load) as copy:
            while block := file.read(1 << 20):
                copy.write(block)
        cursor.execute(sql.SQL("DROP TABLE {}").format(twin))
    return clock.seconds
