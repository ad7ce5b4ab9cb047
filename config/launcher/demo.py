"""What the demo needs in the database, and who may log in to it."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from config.launcher.places import DEMO, LOGS, ROOT, RUN
from config.launcher.processes import last_lines, spawn
from config.launcher.trouble import Trouble

LOG, LOGINS = LOGS / "prepare.log", RUN / "logins.json"
Login = dict[str, str]  # what, host, role, user, password; url where it is served


class Preparation:
    """What the demo lacks is made in a process of its own: the launcher itself loads no settings.

    It is started before the servers are, for it has 2 s of modules to load, and waits for them.
    `beside` is the folder of our own cluster: a note in it says what that cluster was prepared by,
    and saves the 2 s of looking when nothing has changed. A server of somebody else's is asked.
    """

    def __init__(self, *, beside: Path | None) -> None:
        self.note, self.sources = beside and beside / "prepared.json", _fingerprint()
        self.known = self._noted()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, env: Mapping[str, str]) -> None:
        """Begin, unless all is there."""
        if not self.known:
            LOG.unlink(missing_ok=True)
            RUN.mkdir(parents=True, exist_ok=True)
            command = [sys.executable, "-m", "config.launcher.seed", str(LOGINS)]
            self.process = spawn(command, env=env, log=LOG, cwd=ROOT)

    def _noted(self) -> list[Login]:
        if not self.note or not self.note.exists():
            return []
        noted = json.loads(self.note.read_text())
        return list(noted["logins"]) if noted["sources"] == self.sources else []

    def logins(self) -> list[Login]:
        """Wait until all is there and return who may log in."""
        if self.process is None:
            return self.known
        if self.process.wait():
            raise Trouble(
                f"The demo could not be made (var/log/prepare.log): {last_lines(LOG, count=1)}"
            )
        made: list[Login] = json.loads(LOGINS.read_text())
        if self.note:
            self.note.write_text(json.dumps({"sources": self.sources, "logins": made}))
        return made

    def stop(self) -> None:
        """End what is still at work; it may have a process per merchant."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait()


def _fingerprint() -> str:
    """Return a hash of all that decides what a prepared database holds."""
    digest = hashlib.sha256()
    for pattern in ("*/migrations/*.py", "*/*/migrations/*.py", "integrations/demo/**/*.py"):
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def announce(logins: list[Login], *, port: int) -> str:
    """Print where to go and how to log in, write it to var/demo.json; return the first address."""
    served = [login | {"url": f"http://{login['host']}:{port}/admin/"} for login in logins]
    DEMO.write_text(json.dumps({"logins": served}, indent=2) + "\n")
    print()
    for login in served:
        if login["role"] in ("owner", "staff"):
            print(f"  {login['url']:<40} {login['what']}\n      log in as {login['user']}")
    print(f"\n  The password is {served[0]['password']}, for this demo only.")
    print("  var/demo.json lists the other people of each merchant. Ctrl-C or ./strata down stops.")
    print(flush=True)
    return served[0]["url"]
