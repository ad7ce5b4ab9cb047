"""A merchant's schema made by the blueprint is the one that the migrations make."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django_tenants.utils import schema_context

from tenants import blueprint
from tenants.access.roles import make_roles
from tenants.models import Blueprint
from tenants.versions import current_version
from tests.tenants.catalogue import catalogue


@pytest.fixture
def public(db):
    connection.set_schema_to_public()


def make_schema(slug: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {slug}")


def tables_of(slug: str) -> list[tuple]:
    return catalogue(slug)["relations"]


def rows_of_everybody() -> dict[str, list]:
    """Return what stands in a new merchant's tables, without numbers and moments."""
    make_roles()
    return {
        "migrations": list(MigrationRecorder.Migration.objects.values_list("app", "name")),
        "content types": sorted(ContentType.objects.values_list("app_label", "model")),
        "permissions": sorted(
            Permission.objects.values_list("content_type__model", "codename", "name")
        ),
        "roles": sorted(
            Group.objects.values_list("name", "permissions__codename"), key=lambda row: str(row)
        ),
    }


def test_both_ways_lead_to_the_same_schema(public):
    make_schema("longway")
    call_command("migrate_schemas", schema_name="longway", interactive=False, verbosity=0)
    make_schema("shortway")

    assert blueprint.lay("shortway")

    migrated, laid = catalogue("longway"), catalogue("shortway")
    assert {kind for kind, rows in migrated.items() if rows} >= {
        "relations", "columns", "constraints", "indexes", "sequences"
    }  # fmt: skip
    for kind, rows in migrated.items():
        assert laid[kind] == rows
    with schema_context("longway"):
        known = rows_of_everybody()
    with schema_context("shortway"):
        assert rows_of_everybody() == known


def test_it_is_drawn_without_a_trace(public, monkeypatch):
    make_schema("before")

    def migrate(name, *, schema_name, **options):
        with connection.cursor() as cursor:
            connection.set_schema(schema_name)
            cursor.execute("CREATE TABLE django_migrations (id int, app text, name text)")
            cursor.execute("CREATE TABLE thing (id int)")

    monkeypatch.setattr(blueprint, "call_command", migrate)

    drawing = blueprint.draw()

    assert drawing.statements[1] == "CREATE TABLE thing (id int)"
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace")
        assert (blueprint.SCRATCH,) not in cursor.fetchall()
    assert connection.schema_name == "public"


@pytest.mark.parametrize(
    ("statement", "parameters"),
    [
        ("INSERT INTO thing VALUES (1)", None),  # a row that every merchant would need
        ("CREATE TABLE other AS SELECT 1 AS id", None),
        ("ALTER TABLE drawing_board.thing ADD COLUMN name text", None),
        ("ALTER TABLE thing ALTER COLUMN id SET DEFAULT %s", [1]),
    ],
)
def test_what_its_statements_alone_cannot_repeat_makes_none(
    public, monkeypatch, statement, parameters
):
    def migrate(name, *, schema_name, **options):
        with connection.cursor() as cursor:
            connection.set_schema(schema_name)
            cursor.execute("CREATE TABLE django_migrations (id int, app text, name text)")
            cursor.execute("CREATE TABLE thing (id int)")
            cursor.execute(statement, parameters)

    monkeypatch.setattr(blueprint, "call_command", migrate)

    assert blueprint.draw() is None


def test_only_a_blueprint_of_this_version_is_used(public):
    make_schema("newshop")
    Blueprint.objects.update(version="old")

    assert not blueprint.lay("newshop")

    assert tables_of("newshop") == []


def test_a_schema_with_a_table_in_it_is_left_to_the_migrations(public):
    make_schema("newshop")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE newshop.begun (id int)")

    assert not blueprint.lay("newshop")

    assert [row[0] for row in tables_of("newshop")] == ["begun"]


def test_a_failure_leaves_an_empty_schema(public):
    make_schema("newshop")
    Blueprint.objects.update(statements="CREATE TABLE one (id int); CREATE TABLE one (id int)")

    with pytest.raises(blueprint.DatabaseError):
        blueprint.lay("newshop")

    assert tables_of("newshop") == []


def test_a_new_one_takes_the_place_of_the_old(public):
    blueprint.keep(blueprint.Drawing(["SELECT 1"], [("app", "0001")]))

    assert list(Blueprint.objects.values_list("version", "statements", "migrations")) == [
        (current_version(), "SELECT 1", [["app", "0001"]])
    ]

    blueprint.keep(None)

    assert not Blueprint.objects.exists()
