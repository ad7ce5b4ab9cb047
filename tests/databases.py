"""The tests' database: made once, copied for each process, made again when any code has changed."""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import connection
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]
# All that can decide what stands in it: tables, permissions, roles, and the code that makes them.
SOURCES = (
    *("*/migrations/*.py", "*/*/migrations/*.py", "*/models.py", "*/models/**/*.py"),
    *("*/*/models.py", "*/*/models/**/*.py", "*/apps.py", "*/*/apps.py", "config/settings.py"),
    *("config/pg/*.py", "tenants/access/roles.py", "tenants/blueprint.py", "tenants/upgrade.py"),
    *("tenants/versions.py", "tests/conftest.py", "tests/databases.py", "requirements.txt"),
)


@contextmanager
def copied(name: str, *, fill: Callable[[], None]) -> Iterator[None]:
    """Point Django at a copy, called `name`, of the database that `fill` fills; drop it after."""
    model = f"{os.environ.get('TEST_DATABASE', 'test_strata')}_model"
    with connection._nodb_cursor() as cursor:
        # The processes of one run wait for the first of them.
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [model])
        try:
            if _made_from(cursor, model) != (sources := fingerprint()):
                _make(cursor, model, fill=fill, sources=sources)
            _drop(cursor, name)
            _run(cursor, "CREATE DATABASE {} TEMPLATE {}", name, model)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [model])
    before = settings.DATABASES["default"]["NAME"]
    _point_at(name)
    yield
    _point_at(before)
    with connection._nodb_cursor() as cursor:
        _drop(cursor, name)


def empty(schema: str, *, but: set[str]) -> None:
    """Empty the tables of a schema that have rows, and begin their numbers again.

    Emptying all of them takes ten times as long: each table and index gets a new file.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
        names = sorted({name for (name,) in cursor.fetchall()} - but)
        looks = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(
                sql.Literal(name), sql.Identifier(schema, name)
            )
            for name in names
        )
        cursor.execute(looks)
        if filled := [sql.Identifier(schema, name) for (name,) in cursor.fetchall()]:
            cursor.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(filled)))
        cursor.execute(
            "SELECT setval(format('%%I.%%I', schemaname, sequencename)::regclass, 1, false)"
            " FROM pg_sequences WHERE schemaname = %s AND last_value IS NOT NULL"
            " AND NOT sequencename = ANY(%s)",
            [schema, [f"{name}_id_seq" for name in but]],
        )


def fingerprint() -> str:
    """Return a hash of the code it is made by: a database of older code is never used."""
    digest = hashlib.sha256(django.__version__.encode())
    for path in sorted({path for pattern in SOURCES for path in ROOT.glob(pattern)}):
        digest.update(f"{path}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def _made_from(cursor: Any, name: str) -> str:
    question = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
    cursor.execute(question, [name])
    return (cursor.fetchone() or [""])[0] or ""


def _make(cursor: Any, name: str, *, fill: Callable[[], None], sources: str) -> None:
    """Fill a new database; what it was made from is noted last, so that half of one is not used."""
    _drop(cursor, name)
    _run(cursor, "CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0", name)
    before = settings.DATABASES["default"]["NAME"]
    _point_at(name)
    try:
        fill()
    finally:
        _point_at(before)
    _run(cursor, "COMMENT ON DATABASE {} IS " + f"'{sources}'", name)


def _drop(cursor: Any, name: str) -> None:
    _run(cursor, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _run(cursor: Any, statement: str, *names: str) -> None:
    cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _point_at(name: str) -> None:
    connection.close()
    connection.close_pool()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
