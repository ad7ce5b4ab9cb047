"""./strata manage: a Django command, on the running installation or with servers of its own."""

import os
import subprocess
import sys

from config.launcher import running
from config.launcher.places import LOGS, ROOT, VAR
from config.launcher.services import Services


def run(arguments: list[str]) -> int:
    """Run `manage.py` with `arguments` and return its exit code."""
    state = running.current()
    if state.get("env"):
        return _django(arguments, env=state["env"])
    services = Services(VAR, logs=LOGS)
    if not (services.postgres or services.redis):
        return _django(arguments, env=services.start())
    with running.alone("manage"):
        try:
            return _django(arguments, env=services.start())
        finally:
            services.stop()


def _django(arguments: list[str], *, env: dict[str, str]) -> int:
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments], env=os.environ | env
    ).returncode
