"""What cells say: amounts, dates, ids, yes and no, and what the samples of a file give away."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.csv import values
from integrations.csv.attributes import guess_kinds
from integrations.csv.countries import country, country_or_nothing
from integrations.csv.moments import date_style, day, moment
from integrations.csv.numbers import decimal_sign, number
from integrations.csv.values import NULL, Cells, Refused
from tenants.tables import neutralise

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("cell", "decimal", "value"),
    [
        ("12.50", ".", "12.50"),
        ("1,234.5", ".", "1234.5"),
        ("1.234,5", ",", "1234.5"),
        ("1 234,50 €", ",", "1234.50"),
        ("£12", ".", "12.0"),
        ("(3.20)", ".", "-3.20"),
        ("-3.20", ".", "-3.20"),
        ("3.20-", ".", "-3.20"),
        ("−3", ".", "-3.0"),
        ("1'234.50", ".", "1234.50"),
        (".5", ".", "0.5"),
        ("USD 7", ".", "7.0"),
    ],
)
def test_amounts_are_read_however_they_are_written(cell, decimal, value):
    assert number("the amount", decimal=decimal)(cell) == value


@pytest.mark.parametrize("cell", ["abc", "1.2.3x", "--", "1e400", "NaN", "12 or 13", "9" * 11])
def test_what_is_no_amount_is_refused_with_the_cell(cell):
    with pytest.raises(Refused, match="the amount"):
        number("the amount", decimal=".")(cell)


@pytest.mark.parametrize(
    ("samples", "sign", "is_sure"),
    [
        (["1.50", "2.25"], ".", True),
        (["1,50"], ",", True),
        (["1.234,50"], ",", True),
        (["1,234.50"], ".", True),
        (["1,234,567"], ".", True),
        (["1,234"], ".", False),
        (["12"], ".", True),
    ],
)
def test_samples_tell_the_decimal_sign_or_that_they_do_not(samples, sign, is_sure):
    assert decimal_sign(samples) == (sign, is_sure)


@pytest.mark.parametrize(
    ("cell", "style", "value"),
    [
        ("2026-06-01", "ymd", "2026-06-01T00:00:00+01:00"),
        ("2026-01-01 08:26:00", "ymd", "2026-01-01T08:26:00+00:00"),
        ("2026-06-01T08:26:00Z", "ymd", "2026-06-01T08:26:00+00:00"),
        ("2026-06-01 10:20:30 -0500", "ymd", "2026-06-01T10:20:30-05:00"),
        ("20260601", "ymd", "2026-06-01T00:00:00+01:00"),
        ("2026/6/1 8:05", "ymd", "2026-06-01T08:05:00+01:00"),
        ("31.05.2026", "dmy", "2026-05-31T00:00:00+01:00"),
        ("1/6/26 8:05 PM", "dmy", "2026-06-01T20:05:00+01:00"),
        ("06/01/2026 12:05 am", "mdy", "2026-06-01T00:05:00+01:00"),
        ("Jun 1, 2026", "mdy", "2026-06-01T00:00:00+01:00"),
        ("1. Mai 2026", "dmy", "2026-05-01T00:00:00+01:00"),
        ("1780272000", "epoch", "2026-06-01T00:00:00+00:00"),
        ("45383.5", "serial", "2024-04-01T12:00:00+01:00"),
    ],
)
def test_moments_are_read_in_every_style_and_are_local_without_an_offset(cell, style, value):
    assert moment("date", style=style, zone=LONDON)(cell) == value


@pytest.mark.parametrize("cell", ["2026-02-30", "0000-01-01", "9999-01-01", "soon", "1/2", "24:61"])
def test_what_is_no_date_is_refused(cell):
    with pytest.raises(Refused, match="is no date"):
        moment("date", style="ymd", zone=UTC)(cell)


@given(st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30)))  # noqa: DTZ001
def test_every_moment_comes_back_from_its_own_text(when):
    read = moment("date", style="ymd", zone=UTC)(when.replace(microsecond=0).isoformat(" "))

    assert datetime.fromisoformat(read) == when.replace(microsecond=0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("samples", "style", "is_sure"),
    [
        (["2026-06-01", "2026-06-13"], "ymd", True),
        (["13/06/2026", "01/06/2026"], "dmy", True),
        (["06/13/2026", "06/01/2026"], "mdy", True),
        (["01/06/2026", "02/06/2026"], "dmy", False),
        (["1780272000"], "epoch", True),
        (["45382", "45383.25"], "serial", True),
    ],
)
def test_samples_tell_the_style_of_dates_or_that_they_do_not(samples, style, is_sure):
    assert date_style(samples) == (style, is_sure)


def test_birthdays_are_days():
    assert day("birthday", style="dmy")("14.05.1990") == date(1990, 5, 14).isoformat()


@pytest.mark.parametrize(
    ("cell", "code"),
    [("United Kingdom", "GB"), ("EIRE", "IE"), ("usa", "US"), ("Deutschland", "DE"), ("fr", "FR")],
)
def test_countries_are_known_by_name_and_code(cell, code):
    assert country(cell) == code


def test_an_unknown_country_costs_a_customer_row_but_no_order():
    assert country_or_nothing("Atlantis") is None
    with pytest.raises(Refused, match="Atlantis"):
        country("Atlantis")


def test_ids_lose_the_decimals_spreadsheets_add_and_are_never_cut():
    read = values.name("the customer id", 8)

    assert [read("17850.0"), read("A.0"), read("0042")] == ["17850", "A.0", "0042"]
    with pytest.raises(Refused, match="longer than 8 characters"):
        read("123456789")


def test_a_blank_is_nothing_and_a_required_one_is_refused():
    assert Cells(values.text(5))[" \t "] == NULL
    with pytest.raises(Refused, match="has no order number"):
        Cells(values.text(5), required="order number")[""]


def test_a_nul_byte_is_refused_wherever_it_stands():
    with pytest.raises(Refused, match="NUL byte"):
        Cells(values.text(5))["a\0b"]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20))
def test_what_our_exports_guard_comes_back_unchanged(text):
    read = Cells(values.text(200))

    assert read[neutralise(text)] == (text.strip().replace("\\", "\\\\") or NULL)


def test_readers_never_hold_more_than_their_limit(monkeypatch):
    monkeypatch.setattr(values, "LIMIT", 10)
    read = Cells(values.text(5))

    for n in range(1_000):
        assert read[str(n)] == str(n)

    assert len(read) <= 10


def test_kinds_of_custom_attributes_are_guessed_from_all_values():
    samples = {
        "diet": ["vegan", "", "none"],
        "size": ["41", "42.5"],
        "code": ["007", "12"],
        "press": ["yes", "no"],
        "met": ["2026-05-01", "2026-06-01"],
    }

    assert guess_kinds(samples, dates="ymd") == {
        "size": "number",
        "press": "yes_no",
        "met": "date",
    }
