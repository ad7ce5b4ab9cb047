"""Every statement runs in the schema its connection stands in, whichever cursor runs it."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import schema_context
from psycopg import sql

from commerce import stale


def schema_of(cursor):
    cursor.execute("SELECT current_schema()")
    return cursor.fetchone()[0]


def copied_schema(cursor):
    with cursor.copy("COPY (SELECT current_schema()) TO STDOUT") as copy:
        return b"".join(bytes(part) for part in copy).decode().strip()


@pytest.mark.parametrize("asked", [schema_of, copied_schema])
@pytest.mark.parametrize("logged", [False, True])
def test_a_cursor_made_before_a_switch_stands_where_the_connection_stands(tenant, asked, logged):
    connection.force_debug_cursor = logged
    try:
        with connection.cursor() as cursor:
            with schema_context("globex"):
                assert asked(cursor) == "globex"
                with connection.cursor() as other:
                    assert asked(other) == "globex"
            assert asked(cursor) == "acme"
    finally:
        connection.force_debug_cursor = False


def test_a_path_that_a_rollback_undid_is_set_again(tenant):
    with connection.cursor() as cursor:
        with transaction.atomic():
            connection.set_schema_to_public()
            assert schema_of(cursor) == "public"
            transaction.set_rollback(True)
        assert schema_of(cursor) == "public"
        connection.set_tenant(tenant)
        assert schema_of(cursor) == "acme"


def test_work_goes_on_in_its_schema_after_it_woke_a_job(committed_tenant):
    with connection.cursor() as cursor:
        with transaction.atomic():
            stale.mark(cursor, sql.SQL("SELECT 1").format(), facts="orders", cause="data")
        assert schema_of(cursor) == "acme"


def test_the_path_is_set_once_for_many_statements(tenant):
    connection.set_tenant(tenant)
    with CaptureQueriesContext(connection) as queries, connection.cursor() as cursor:
        for _ in range(3):
            schema_of(cursor)
            with connection.cursor() as other:
                schema_of(other)

    assert sum("search_path" in query["sql"] for query in queries) == 1
