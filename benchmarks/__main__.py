"""`./strata bench [part …] [--scale S]`: measure, print one table, write docs/benchmarks.md."""

import argparse
import os
import platform
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django
import psycopg

django.setup()

from django.conf import settings  # noqa: E402

from benchmarks import (  # noqa: E402
    actions,
    events,
    filling,
    imports,
    pages,
    promo,
    recount,
    rfm,
    samples,
    scores,
    segments,
    shopify,
    start,
)
from benchmarks.measure import Report  # noqa: E402
from benchmarks.store import Size, write_files  # noqa: E402
from tenants.schema import connection  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
PARTS: dict[str, Callable[[Path, Report], None]] = {
    "import": imports.measure,
    "fill": filling.measure,
    "rfm": rfm.measure,
    "segments": segments.measure,
    "pages": pages.measure,
    "samples": samples.measure,
    "scores": scores.measure,
    "events": events.measure,
    "actions": actions.measure,
    "promo": promo.measure,
    "recount": recount.measure,
    "shopify": shopify.measure,
    "start": start.measure,
}


def main(arguments: list[str]) -> int:
    """Run the parts asked for, all of them by default."""
    parser = argparse.ArgumentParser(prog="./strata bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help=f"of {', '.join(PARTS)}")
    parser.add_argument("--scale", type=float, default=1.0, help="1 is a million customers")
    asked = parser.parse_args(arguments)
    size = Size(asked.scale)
    folder = ROOT / "var" / "bench" / f"{size.customers}"
    if {"import", "shopify"} & {*(asked.parts or PARTS)}:
        with psycopg.connect(**_address()) as direct:
            write_files(direct, folder, size)
    reports = []
    for part in asked.parts or PARTS:
        print(f"{part}:", flush=True)
        reports.append(Report(part))
        PARTS[part](folder, reports[-1])
    if asked.scale == 1:  # a small run tries the parts; it says nothing
        write_page(reports, size)
    return 0


def _address() -> dict[str, Any]:
    """Return where the database is, without the pool's settings."""
    found = connection.get_connection_params()
    return {
        name: found[name]
        for name in ("host", "port", "user", "password", "dbname")
        if found.get(name)
    }


def write_page(reports: list[Report], size: Size) -> None:
    """Write docs/benchmarks.md: parts not measured now keep what they said."""
    path = ROOT / "docs" / "benchmarks.md"
    old = path.read_text().split("\n## ")[1:] if path.exists() else []
    sections = {section.split("\n", 1)[0]: section for section in old}
    for report in reports:
        sections[report.part] = _section(report, size)
    head = (
        "# Benchmarks\n\nWritten by `./strata bench`; ratios are within one run. Nothing here is "
        "asserted in tests.\n"
    )
    path.write_text(head + "".join(f"\n## {section.rstrip()}\n" for section in sections.values()))


def _section(report: Report, size: Size) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = cursor.fetchone()[0]
    today = datetime.now(UTC).date()
    rows = "\n".join(f"| {e.what} | {e.figure} | {e.limit} | {e.verdict} |" for e in report.lines)
    return (
        f"{report.part}\n\n{today}: {size.customers:,} customers, {size.orders:,} orders; "
        f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, "
        f"PostgreSQL {server.split()[0]}.\n\n"
        f"| what | figure | limit | |\n|---|---:|---|---|\n{rows}\n"
    )


if __name__ == "__main__":
    assert settings.configured
    sys.exit(main(sys.argv[1:]))
