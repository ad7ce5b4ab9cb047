"""./strata test: the test suite on a PostgreSQL and a Redis of its own, thrown away afterwards."""

import shutil
import subprocess
import sys

from config.launcher.chromium import ensure_chromium
from config.launcher.places import ROOT, VAR
from config.launcher.services import Services

FOLDER = VAR / "test"
# Nothing in it outlives the run, so nothing needs to reach the disk.
SETTINGS = {"fsync": "off", "full_page_writes": "off"}

# One file stays on one process: its pages and its merchants are made once. Files are given out in
# the order of tests/conftest.py, long ones first, not by their number of tests.
SPREAD = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]


def run(arguments: list[str]) -> int:
    """Run pytest with `arguments`; without any, the whole suite on two processes."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    services = Services(FOLDER, logs=FOLDER / "log", settings=SETTINGS)
    services.discard()  # of a run that was killed
    ensure_chromium()
    spread = [] if arguments else SPREAD
    try:
        # One order of sets in both processes: names of tests are made from values.
        env = services.start() | {"FILES_ROOT": str(FOLDER / "files"), "PYTHONHASHSEED": "0"}
        command = [sys.executable, "-m", "pytest", *spread, *arguments]
        return subprocess.run(command, cwd=ROOT, env=env).returncode
    finally:
        services.discard()
        shutil.rmtree(FOLDER, ignore_errors=True)
