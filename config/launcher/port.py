"""The port the demo is served on: free, or an error that names who has it."""

import os
import socket

import psutil

from config.launcher.trouble import Trouble


def chosen_port() -> int:
    """Return PORT, 8000 without it; raise Trouble unless it is a port that is free."""
    text = os.environ.get("PORT", "8000")
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise Trouble(f"PORT={text} is not a port. Choose one between 1024 and 65535.")
    port = int(text)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the web server will
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError as error:
            raise Trouble(f"Port {port} needs root. Choose one above 1023: PORT=8000.") from error
        except OSError as error:
            raise Trouble(
                f"Port {port} is in use by {_owner(port)}. "
                f"Stop it, or choose another: PORT={port + 1} ./strata up"
            ) from error
    return port


def _owner(port: int) -> str:
    try:
        for entry in psutil.net_connections("tcp"):
            if entry.status == psutil.CONN_LISTEN and entry.laddr.port == port and entry.pid:
                return f"{psutil.Process(entry.pid).name()} (process {entry.pid})"
    except psutil.Error:
        pass
    return "another program"
