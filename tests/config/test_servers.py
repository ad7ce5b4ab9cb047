"""The servers that come with the packages: started, stopped, gone with their launcher."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from config.launcher.services import Services

ROOT = Path(__file__).resolve().parents[2]
HOLD = """
import sys, time
from pathlib import Path
from config.launcher.services import Services
services = Services(Path(sys.argv[1]), logs=Path(sys.argv[1]) / "log")
services.start()
print(services.postgres.process.pid, services.redis.process.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def servers(tmp_path, monkeypatch):
    """Servers of our own whose files go with the test, also where root keeps them elsewhere."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)
    folder = tmp_path / "var" / "test"  # as in a fresh clone: it does not exist yet
    services = Services(folder, logs=folder / "log")
    yield services
    services.discard()


def test_a_killed_launcher_leaves_nothing_behind(tmp_path, servers):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "var" / "test")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    started = [psutil.Process(int(pid)) for pid in holder.stdout.readline().split()]

    holder.send_signal(signal.SIGKILL)
    holder.wait()

    assert len(started) == 2
    _, alive = psutil.wait_procs(started, timeout=15)
    assert [process for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []


def test_data_stay_over_a_stop_in_a_utf8_database(tmp_path, servers):
    servers.start()
    psql(servers, "CREATE TABLE kept AS SELECT 'Zoë'::text AS name")
    servers.stop()
    assert not (servers.postgres.data / "postmaster.pid").exists()

    again = Services(tmp_path / "var" / "test", logs=tmp_path / "log")
    again.start()
    try:
        found = psql(
            again,
            "SELECT name, pg_encoding_to_char(encoding) FROM kept, pg_database "
            "WHERE datname = current_database()",
        )
    finally:
        again.stop()

    assert found == "Zoë|UTF8"


def test_what_is_discarded_is_gone(servers):
    servers.start()
    folders = [servers.postgres.data, servers.postgres.sockets, servers.redis.folder]

    servers.discard()

    assert [folder for folder in folders if folder.exists()] == []
    assert servers.died() == "PostgreSQL"  # none of its processes is left


def psql(services, statement):
    """Run one statement and return its rows, columns parted by |."""
    with psycopg.connect(
        host=str(services.postgres.sockets), user="postgres", dbname="strata", autocommit=True
    ) as connection:
        cursor = connection.execute(statement)
        return "\n".join("|".join(row) for row in cursor) if cursor.description else ""


def test_addresses_that_are_given_start_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", os.environ["DATABASE_URL"])
    monkeypatch.setenv("REDIS_URL", os.environ["REDIS_URL"])

    services = Services(tmp_path, logs=tmp_path / "log")

    assert (services.postgres, services.redis) == (None, None)
    assert services.start()["DATABASE_URL"] == os.environ["DATABASE_URL"]
    assert list(tmp_path.iterdir()) == []
