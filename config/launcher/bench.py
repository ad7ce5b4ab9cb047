"""./strata bench: hands over to benchmarks/, on servers that are set as a real one would be."""

import subprocess
import sys

from config.launcher.places import ROOT, VAR
from config.launcher.services import Services

FOLDER = VAR / "bench"
# A quarter of a small server's memory; the big store stays here between runs.
SETTINGS = {
    "shared_buffers": "4GB",
    "max_wal_size": "16GB",
    "checkpoint_timeout": "15min",
    "work_mem": "64MB",
    "maintenance_work_mem": "512MB",
}


def run(arguments: list[str]) -> int:
    """Measure the named parts, or all of them."""
    services = Services(FOLDER, logs=FOLDER / "log", settings=SETTINGS)
    try:
        env = services.start() | {"FILES_ROOT": str(FOLDER / "files")}
        command = [sys.executable, "-m", "benchmarks", *arguments]
        return subprocess.run(command, cwd=ROOT, env=env).returncode
    finally:
        services.stop()
