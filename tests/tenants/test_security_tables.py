"""CSV files that leave the house: nothing a spreadsheet would run, nothing lost on the way back."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.tables import csv_lines, csv_response, neutralise, restore

ATTACKS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    " \u00a0@x",
    "＝1",
    "'=1",
]


def read(header: list[str], rows: list[list]) -> list[list[str]]:
    return list(csv.reader(io.StringIO("".join(csv_lines(header, rows)), newline="")))


@pytest.mark.parametrize("attack", ATTACKS, ids=repr)
def test_what_looks_like_a_formula_becomes_text(attack):
    [header, [name]] = read([attack], [[attack]])

    assert header == [f"'{attack}"]
    assert name == f"'{attack}"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("-3.50"), "-3.50"),
        (-7, "-7"),
        (None, ""),
        (True, "yes"),
        (date(2026, 3, 1), "2026-03-01"),
        ('a, "b"\nc', 'a, "b"\nc'),
        ("nul\0byte", "nulbyte"),
        ("=\0cmd", "'=cmd"),
    ],
)
def test_values_are_written_as_they_are(value, shown):
    assert read(["x"], [[value]])[1] == [shown]


def test_lines_end_as_the_standard_says():
    assert "".join(csv_lines(["a", "b"], [["x,y", 'say "hi"']])) == 'a,b\r\n"x,y","say ""hi"""\r\n'


@given(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_our_import_reads_our_export_unchanged(text):
    assert restore(neutralise(text)) == text


@given(st.text())
def test_nothing_neutralised_begins_like_a_formula(text):
    assert not neutralise(text).lstrip().startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_download_is_streamed_in_its_merchants_schema(tenant, other_tenant):
    from django.db import connection

    def rows():
        yield [connection.schema_name]

    connection.set_tenant(tenant)
    response = csv_response('../../evil"\r\nX: 1=.csv', ["schema"], rows())
    connection.set_tenant(other_tenant)
    body = b"".join(response.streaming_content)

    assert body == b"schema\r\nacme\r\n"
    assert response["Content-Disposition"] == 'attachment; filename="evil-X-1.csv"'
    assert response["Cache-Control"] == "no-store, private"
