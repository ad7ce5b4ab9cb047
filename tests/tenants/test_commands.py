"""What every command does before and after its own work."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tenants.commands import Answer, TenantCommand, format_table
from tenants.models import Tenant
from tenants.runs import JobFailed


class Where(TenantCommand):
    allows_all_tenants = True

    def work(self, tenant, **options):
        return Answer(
            {"schema": connection.schema_name},
            ("schema", "rows"),
            [(connection.schema_name, 1200)],
            "That is all.",
        )


class Fails(TenantCommand):
    def work(self, tenant, **options):
        raise JobFailed("The file has no amounts.")


def ask(command: TenantCommand, **options) -> str:
    out = io.StringIO()
    call_command(command, stdout=out, **options)
    return out.getvalue()


def test_a_command_works_in_its_merchants_schema_and_puts_the_old_one_back(other_tenant):
    assert json.loads(ask(Where(), tenant="globex", json=True)) == {"schema": "globex"}
    assert connection.schema_name == "public"


def test_people_get_a_table(other_tenant):
    assert ask(Where(), tenant="acme") == (
        "schema   rows\n------  -----\nacme    1,200\nThat is all.\n"
    )


def test_all_tenants_answer_by_slug(other_tenant):
    answers = json.loads(ask(Where(), all_tenants=True, json=True))

    assert answers == {"acme": {"schema": "acme"}, "globex": {"schema": "globex"}}


@pytest.mark.parametrize("options", [{}, {"tenant": "nobody"}, {"tenant": "public"}])
def test_a_missing_or_unknown_merchant_is_wrong_use(other_tenant, options):
    with pytest.raises(CommandError) as refusal:
        ask(Where(), **options)

    assert refusal.value.returncode == 2


def test_all_tenants_is_refused_where_it_makes_no_sense(other_tenant):
    with pytest.raises(TypeError, match="all_tenants"):
        ask(Fails(), all_tenants=True)


def test_a_failure_in_words_ends_with_one(other_tenant):
    with pytest.raises(CommandError, match="The file has no amounts") as failure:
        ask(Fails(), tenant="acme")

    assert failure.value.returncode == 1
    assert connection.schema_name == "public"


@pytest.mark.parametrize(
    ("change", "words"),
    [({"state": Tenant.State.SUSPENDED}, "suspended"), ({"migrated_to": "old"}, "upgrade")],
)
def test_a_merchant_that_cannot_be_worked_on_is_refused(other_tenant, change, words):
    Tenant.objects.filter(schema_name="acme").update(**change)

    with pytest.raises(CommandError, match=words) as refusal:
        ask(Where(), tenant="acme")

    assert refusal.value.returncode == 1


def test_a_table_without_rows_keeps_its_headings():
    assert format_table(("name", "rows"), []) == "name  rows\n----  ----"
