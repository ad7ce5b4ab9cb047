"""The commands of ./strata, and how their errors are shown."""

import sys
from collections.abc import Callable

from config.launcher import bench, check, down, manage, suite, up
from config.launcher.trouble import Trouble

COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "up": up.run,
    "down": down.run,
    "test": suite.run,
    "check": check.run,
    "bench": bench.run,
    "manage": manage.run,
}


def main() -> int:
    """Run the command and return its exit code; what the user can mend is one line."""
    try:
        return COMMANDS[sys.argv[1]](sys.argv[2:])
    except Trouble as trouble:
        print(f"strata: {trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
