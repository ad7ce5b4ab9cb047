"""Folders for servers: reachable by their user, closed to others, short enough for a socket."""

import hashlib
import os
import tempfile
from pathlib import Path

from config.launcher.trouble import Trouble

SOCKET_LIMIT = 107  # bytes of a socket's path that Linux takes (sockaddr_un)


def is_reachable(path: Path) -> bool:
    """Return whether every folder from the root to `path` lets any user through."""
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


def private_folder(path: Path, *, owner: tuple[int, int] | None = None) -> Path:
    """Make `path`, closed to everybody but `owner` (user and group id; without it the caller).

    Raises Trouble when somebody else has made it: names in /var/tmp can be foreseen.
    """
    path.mkdir(parents=True, exist_ok=True)
    owner = owner or (os.geteuid(), os.getegid())
    found = path.lstat()
    if found.st_uid not in {os.geteuid(), owner[0]} or path.is_symlink():
        raise Trouble(f"{path} belongs to another user. Remove it, or use another folder.")
    if found.st_uid != owner[0]:
        os.chown(path, *owner)
    path.chmod(0o700)
    return path


def outside(path: Path) -> Path:
    """Return the folder outside the project that stands for `path`, the same one every time."""
    base = Path("/var/tmp")  # noqa: S108 - it outlives a restart; who owns the folder is checked before it is used
    if not os.access(base, os.W_OK):
        base = Path(tempfile.gettempdir())
    name = hashlib.sha256(f"{os.geteuid()}:{path}".encode()).hexdigest()[:12]
    return base / f"strata-{name}"


def socket_folder(path: Path, *, longest: str) -> Path:
    """Return `path`, or a stand-in when the path of the socket `longest` in it is too long."""
    if len(os.fsencode(path / longest)) <= SOCKET_LIMIT:
        return path
    return outside(path)
