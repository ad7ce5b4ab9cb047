"""A merchant's empty schema without Django's migrations: what they did once, done again.

Django renders every model anew for nearly every operation, five seconds of a processor a schema,
to run statements that take half a second. So an upgrade runs them once, in a schema that is
rolled back, and keeps the statements; a new merchant gets them in one transaction. Whoever has a
schema with tables in it, or no blueprint of this version, is migrated the long way.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import Error as DatabaseError
from django.db import transaction
from django.db.migrations.recorder import MigrationRecorder
from django_tenants.utils import schema_context
from psycopg import sql

from tenants.garbage import collected_seldom
from tenants.models import Blueprint
from tenants.schema import connection
from tenants.versions import current_version

logger = logging.getLogger(__name__)

SCRATCH = "drawing_board"  # no slug has an underscore
# What makes tables. Other statements look something up, or write rows (see `_writes_rows`).
SHAPES = ("CREATE", "ALTER", "DROP", "COMMENT", "SET CONSTRAINTS")
# Filled by what follows every migration (`post_migrate`), and by `lay`.
FILLED_AFTERWARDS = {"django_migrations", "django_content_type", "auth_permission"}


@dataclass
class Drawing:
    """What the migrations of an empty merchant's schema ran."""

    statements: list[str] = field(default_factory=list)
    migrations: list[tuple[str, str]] = field(default_factory=list)


class Unrepeatable(Exception):  # noqa: N818 - a state
    """The migrations do what cannot be done again by their statements alone."""


def draw() -> Drawing | None:
    """Return what an empty merchant's schema is made by; None when it cannot be repeated."""
    try:
        with collected_seldom(), transaction.atomic():
            drawing = _migrate_and_watch()
            transaction.set_rollback(True)
    except (DatabaseError, Unrepeatable) as error:
        logger.warning("no blueprint of this version: %s", type(error).__name__)
        return None
    finally:
        connection.set_schema_to_public()
    return drawing


def keep(drawing: Drawing | None) -> None:
    """Keep it in `public` in the place of other versions' ones."""
    with schema_context("public"), transaction.atomic():
        Blueprint.objects.all().delete()
        if drawing is not None:
            Blueprint.objects.create(
                version=current_version(),
                statements=";\n".join(drawing.statements),
                migrations=drawing.migrations,
            )


def lay(schema_name: str) -> bool:
    """Fill an empty schema by the blueprint of this version; False when it takes migrations."""
    with schema_context("public"):
        blueprint = Blueprint.objects.filter(version=current_version()).first()
    if blueprint is None:
        return False
    with schema_context(schema_name), transaction.atomic(), connection.cursor() as cursor:
        if _tables(cursor):
            return False
        cursor.execute(blueprint.statements)
        rows = MigrationRecorder(connection).Migration
        rows.objects.bulk_create(rows(app=app, name=name) for app, name in blueprint.migrations)
        emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias, apps=apps)
    return True


def _migrate_and_watch() -> Drawing:
    drawing = Drawing()

    def watch(execute: Callable[..., Any], statement: Any, *rest: Any) -> Any:
        text = str(statement).strip()
        if text.upper().startswith(SHAPES):
            drawing.statements.append(text.rstrip(";"))
            _check(text, parameters=rest[0])
        return execute(statement, *rest)

    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(SCRATCH)))
        with connection.execute_wrapper(watch):
            call_command("migrate_schemas", schema_name=SCRATCH, interactive=False, verbosity=0)
        connection.set_schema(SCRATCH)
        _check_rows(cursor)
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
        drawing.migrations = cursor.fetchall()
    return drawing


def _check(statement: str, *, parameters: Any) -> None:
    """Raise Unrepeatable for a statement that names the schema, or is not whole by itself."""
    if parameters or SCRATCH in statement:
        raise Unrepeatable(statement)


def _check_rows(cursor: Any) -> None:
    """Raise Unrepeatable when the migrations wrote rows: only statements are repeated."""
    for table in sorted(_tables(cursor) - FILLED_AFTERWARDS):
        cursor.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(table)))
        if cursor.fetchone()[0]:
            raise Unrepeatable(table)


def _tables(cursor: Any) -> set[str]:
    """Return the tables of the schema the connection stands in."""
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    return {name for (name,) in cursor.fetchall()}
