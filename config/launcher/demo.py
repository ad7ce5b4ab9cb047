"""What the demo needs in the database, and who may log in to it."""

import hashlib
import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from config.launcher.places import DEMO, LOGS, ROOT, RUN
from config.launcher.processes import last_lines, spawn
from config.launcher.trouble import Trouble

Login = dict[str, str]  # what, host, role, user, password; url where it is served


def prepare(env: Mapping[str, str], *, beside: Path | None) -> list[Login]:
    """Make what the demo lacks and return who may log in.

    `beside` is the folder of our own cluster: a note in it says what that cluster was prepared by,
    and saves the 2 s of looking when nothing has changed. A server of somebody else's is asked.
    """
    note, sources = beside and beside / "prepared.json", _fingerprint()
    if note and note.exists() and (known := json.loads(note.read_text()))["sources"] == sources:
        return list(known["logins"])
    logins = _seed(env)
    if note:
        note.write_text(json.dumps({"sources": sources, "logins": logins}))
    return logins


def _fingerprint() -> str:
    """Return a hash of all that decides what a prepared database holds."""
    digest = hashlib.sha256()
    for pattern in ("*/migrations/*.py", "*/*/migrations/*.py", "integrations/demo/**/*.py"):
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _seed(env: Mapping[str, str]) -> list[Login]:
    """Do it in a process of its own: the launcher itself loads no settings."""
    log, logins = LOGS / "prepare.log", RUN / "logins.json"
    log.unlink(missing_ok=True)
    command = [sys.executable, "-m", "config.launcher.seed", str(logins)]
    process = spawn(command, env=env, log=log, cwd=ROOT)
    try:
        code = process.wait()
    except KeyboardInterrupt:
        os.killpg(process.pid, signal.SIGTERM)  # it may have a process per merchant
        process.wait()
        raise
    if code:
        raise Trouble(
            f"The demo could not be made (var/log/prepare.log): {last_lines(log, count=1)}"
        )
    made: list[Login] = json.loads(logins.read_text())
    return made


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
