"""PostgreSQL and Redis for a command: the ones named by URL, or our own."""

import os
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import environ
import psycopg
import redis
from psycopg import sql

from config.launcher.places import ROOT
from config.launcher.postgres import Postgres
from config.launcher.redis import Redis
from config.launcher.trouble import Trouble


class Services:
    """What DATABASE_URL and REDIS_URL name; for one that is not set, a server in `folder`."""

    def __init__(self, folder: Path, *, logs: Path, settings: dict[str, str] | None = None) -> None:
        self.database_url = os.environ.get("DATABASE_URL", "")
        self.redis_url = os.environ.get("REDIS_URL", "")
        self.postgres = self.redis = None
        if not self.database_url:
            log = logs / "postgres.log"
            self.postgres = Postgres(folder / "postgres", log=log, settings=settings)
            self.database_url = self.postgres.url("strata")
        if not self.redis_url:
            self.redis = Redis(folder / "redis", log=logs / "redis.log")
            self.redis_url = self.redis.url()

    def start(self) -> dict[str, str]:
        """Start what is ours, check what is not, and return the environment that leads to both."""
        if self.redis:
            self.redis.start()
        else:
            check_redis(self.redis_url)
        if self.postgres:
            self.postgres.start()
        ensure_database(self.database_url)
        return self.environment()

    def environment(self) -> dict[str, str]:
        """Return this process's environment with the project's settings and both addresses."""
        mine = {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}
        settings = {"PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "config.settings"}
        return os.environ | mine | settings

    def stop(self) -> None:
        """Stop what is ours, Redis first: nothing that PostgreSQL needs is in it."""
        for server in (self.redis, self.postgres):
            if server:
                server.stop()

    def discard(self) -> None:
        """Stop what is ours and remove its files, wherever they had to stand."""
        self.stop()
        folders = [self.redis.folder] if self.redis else []
        if self.postgres:
            folders += [self.postgres.data.parent, self.postgres.sockets]
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)

    def own_cluster(self) -> Path | None:
        """Return the folder of our own PostgreSQL; None when it is somebody else's."""
        return self.postgres.data.parent if self.postgres else None

    def died(self) -> str:
        """Return the name of a server of ours that has ended by itself, or nothing."""
        for name, server in (("PostgreSQL", self.postgres), ("Redis", self.redis)):
            if server and server.process and server.process.poll() is not None:
                return name
        return ""


def _connect(url: str, *, database: str = "") -> psycopg.Connection[Any]:
    parts = environ.Env.db_url_config(url)
    return psycopg.connect(
        host=unquote(parts["HOST"] or "") or None,
        port=parts["PORT"] or None,
        user=parts["USER"] or None,
        password=parts["PASSWORD"] or None,
        dbname=database or parts["NAME"],
        connect_timeout=5,
        autocommit=True,
    )


def ensure_database(url: str) -> None:
    """Make the database of `url` when its server lacks it; raise Trouble when out of reach."""
    try:
        _connect(url).close()
    except psycopg.OperationalError as error:
        if not _create_database(url):
            raise Trouble(
                f"PostgreSQL at {_shown(url)} cannot be reached: {_first_line(error)} "
                "Mend DATABASE_URL, or unset it to use the one in var/."
            ) from error


def _create_database(url: str) -> bool:
    """Create the database unless it exists; return whether that was what was missing."""
    name = environ.Env.db_url_config(url)["NAME"]
    try:
        with _connect(url, database="postgres") as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if found.fetchone():
                return False
            # template0: the encoding is ours to choose, whatever the server's own is
            connection.execute(
                sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(
                    sql.Identifier(name)
                )
            )
    except psycopg.Error:
        return False
    return True


def check_redis(url: str) -> None:
    """Raise Trouble unless a Redis answers at `url`."""
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=5) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        raise Trouble(
            f"Redis at {_shown(url)} cannot be reached: {_first_line(error)} "
            "Mend REDIS_URL, or unset it to use the one in var/."
        ) from error


def _shown(url: str) -> str:
    """Return the address without user and password."""
    parts = urlsplit(url)
    return unquote(parts.netloc.rpartition("@")[2] + parts.path)


def _first_line(error: Exception) -> str:
    text = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return text.rstrip(".") + "."
