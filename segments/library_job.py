"""The nightly count of the library, and what else keeps many segments in order."""

from datetime import time
from typing import Any

from segments.library import COUNT
from segments.library_counting import count_library
from segments.manual import settle_all
from segments.revenue import keep_revenue
from tenants.jobs import Cadence, Job, register
from tenants.runs import RunHandle


def run_library(handle: RunHandle) -> dict[str, Any]:
    """Count every ready-made segment and add up what the members of each segment spent."""
    library = count_library(at=handle.moment, progress=handle)
    settle_all(at=handle.moment)
    return {"presets": len(library.counts), "segments": keep_revenue(at=handle.moment)}


register(
    Job(
        key=COUNT,
        label="Count the library",
        run=run_library,
        cadence=Cadence.DAILY,
        at=time(4, 0),
        help="How many customers each ready-made segment would find, and what segments spend.",
    )
)
