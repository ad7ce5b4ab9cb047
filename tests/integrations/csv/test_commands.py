"""The import commands: answers, exit codes, resuming and trials."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django_tenants.utils import schema_context

from commerce.models import Customer, Event, Order
from integrations.csv import chunks, landing
from integrations.models import ImportFile
from tenants.models import Tenant
from tenants.progress import Cancelled
from tenants.versions import current_version

TEXT = "customer_id,date,amount\n7,2026-06-01,10\n8,never,1\n"


@pytest.fixture(autouse=True)
def up_to_date(tenant):
    with schema_context("public"):
        Tenant.objects.filter(pk=tenant.pk).update(migrated_to=current_version(), state="ready")


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, "--tenant", "acme", stdout=out, stderr=StringIO())
    return out.getvalue()


def test_a_file_is_imported_and_the_answer_counts(write):
    answer = run("import_orders", str(write(TEXT)))

    assert Order.objects.count() == 1
    assert "rows rejected" in answer
    assert "Line 3: date and time “never” is no date (Year first: 2024-03-31)" in answer


def test_programs_get_json(write):
    data = json.loads(run("import_orders", str(write(TEXT)), "--json"))

    assert (data["orders_new"], data["rejected"], data["dry_run"]) == (1, 1, False)


def test_a_trial_counts_what_the_import_then_does_and_writes_nothing(write, monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK", 1)
    path = str(write(TEXT + "7,2026-06-02,10\n7,2026-06-02,10\n"))

    trial = json.loads(run("import_orders", path, "--dry-run", "--json"))
    after_trial = (Order.objects.count(), Customer.objects.count(), ImportFile.objects.count())
    real = json.loads(run("import_orders", path, "--json"))

    assert after_trial == (0, 0, 0)
    assert {**trial, "dry_run": False} == real


def test_customers_and_events_have_commands_of_their_own(write):
    run("import_customers", str(write("customer_id,city\n7,Dover\n", name="c.csv")))
    run("import_events", str(write("event,date,customer_id\nopened,2026-06-01,7\n", name="e.csv")))

    assert Event.objects.get().customer == Customer.objects.get()


def test_the_mapping_can_be_given(write, tmp_path):
    path = str(write("who;when;how much\n7;03/04/2026;5,50\n"))
    mapping = {"columns": {"who": "customer_id", "when": "placed_at", "how much": "total"}}
    told = tmp_path / "mapping.json"
    told.write_text(json.dumps(mapping))

    run("import_orders", path, "--mapping", f"@{told}", "--date-format", "mdy", "--timezone", "UTC")

    placed = Order.objects.get()
    assert (str(placed.placed_on), str(placed.total)) == ("2026-03-04", "5.5000")


@pytest.mark.parametrize(
    ("text", "arguments", "words"),
    [
        ("who,when\n7,2026-06-01\n", [], "Say which column holds the date of the order."),
        ("", [], "The file is empty."),
        (TEXT, ["--mapping", "{"], "--mapping cannot be read"),
        (TEXT, ["--mapping", '{"columns": {"nope": "total"}}'], "The file has no column “nope”."),
        (TEXT, ["--mapping", '{"colums": {}}'], "A mapping has no “colums”."),
        (TEXT, ["--timezone", "Mars/One"], "Mars/One"),
    ],
)
def test_wrong_use_ends_with_2_and_writes_nothing(write, text, arguments, words):
    with pytest.raises(CommandError) as refused:
        run("import_orders", str(write(text)), *arguments)

    assert refused.value.returncode == 2
    assert words in str(refused.value)
    assert not ImportFile.objects.exists()


def test_a_missing_file_ends_with_2(write):
    with pytest.raises(CommandError) as refused:
        run("import_orders", "/nowhere/orders.csv")

    assert refused.value.returncode == 2


def test_a_stopped_import_goes_on_where_it_was_when_the_command_is_run_again(write, monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK", 1)
    path = str(write("customer_id,date,amount\n" + "7,2026-06-01,10\n" * 4))
    real, reports = landing.Landing.land, []

    def stopping(self, chunk):
        if len(reports) == 2:
            raise Cancelled
        reports.append(chunk.count)
        real(self, chunk)

    monkeypatch.setattr(landing.Landing, "land", stopping)
    with pytest.raises(CommandError):
        run("import_orders", path)
    stopped = ImportFile.objects.get()
    monkeypatch.setattr(landing.Landing, "land", real)
    answer = json.loads(run("import_orders", path, "--json"))

    assert (stopped.rows_done, stopped.state) == (2, ImportFile.State.CANCELLED)
    assert (ImportFile.objects.count(), Order.objects.count(), answer["orders_new"]) == (1, 4, 4)
