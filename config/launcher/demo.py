"""What the demo needs in the database, and who may log in to it."""

import subprocess
import sys
from collections.abc import Callable, Mapping

from config.launcher.places import LOGS, ROOT
from config.launcher.processes import last_lines, spawn, stop
from config.launcher.trouble import Trouble

PASSWORD = "strata-demo"  # noqa: S105 - known to everybody; refused when STRATA_ENV is production
LOGINS = (
    {"what": "demo, an organics shop", "host": "demo.localhost", "user": "owner"},
    {"what": "bistro, a restaurant", "host": "bistro.localhost", "user": "owner"},
    {"what": "loop, a subscription app", "host": "loop.localhost", "user": "owner"},
    {"what": "the platform's own admin", "host": "localhost", "user": "admin"},
)


def prepare(env: Mapping[str, str], *, say: Callable[[str], None]) -> None:
    """Make what the demo lacks, in a process of its own; quick when nothing is missing."""
    _run("config.launcher.seed", env=env)
    say("tables and demo data")


def _run(module: str, *, env: Mapping[str, str]) -> None:
    log = LOGS / "prepare.log"
    log.unlink(missing_ok=True)
    process = spawn([sys.executable, "-m", module], env=env, log=log, cwd=ROOT)
    try:
        code = _wait(process)
    except BaseException:
        stop(process, grace=5)
        raise
    if code:
        raise Trouble(
            f"The demo could not be made (var/log/prepare.log): {last_lines(log, count=1)}"
        )


def _wait(process: subprocess.Popen[bytes]) -> int:
    return process.wait()
