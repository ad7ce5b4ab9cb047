"""Files of every writing, and hostile ones: each is read, or told off in one clear line."""

import gzip
import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from commerce.models import Order
from integrations.csv import reading, services
from integrations.csv import source as source_file
from integrations.csv.detect import unique_labels
from integrations.csv.files import folder
from integrations.csv.reading import Records, Row
from integrations.csv.source import Source, Unreadable
from integrations.models import ImportFile

TEXT = "Kunde;Datum;Betrag\nMüller;31.05.2026;12,50\nŁukasz;01.06.2026;1.234,00\n"


def read(path, *, encoding="utf-8", delimiter=",", width=0) -> list[Row]:
    source = Source(path)
    records = Records(source, encoding=encoding, delimiter=delimiter)
    records.width = width
    found = list(records)
    source.close()
    return found


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        gzip.compress(TEXT.encode()),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace(";", "\t").encode(),
        TEXT.replace(";", "|").encode(),
    ],
    ids=["utf-8", "bom", "utf-16", "utf-16 without bom", "gzip", "crlf", "tabs", "bars"],
)
def test_the_same_table_in_any_writing_is_the_same_import(load, content):
    file = load(content)

    assert file.counts["rejected"] == 0
    found = Order.objects.order_by("placed_on").values_list(
        "customer__identities__external_id", "total"
    )
    assert [(who, str(total)) for who, total in found] == [
        ("Müller", "12.5000"),
        ("Łukasz", "1234.0000"),
    ]


def test_bytes_that_are_no_utf8_are_read_as_windows_wrote_them(write):
    rows = read(write("a,b\nMüller,".encode() + b"caf\xe9\n"))

    assert rows[1].cells == ["Müller", "café"]


def test_line_breaks_within_quotes_keep_line_numbers_right(write):
    rows = read(write('a,b\n"one\ntwo",x\nthree,y\n'), width=2)

    assert [(row.line, row.cells) for row in rows] == [
        (1, ["a", "b"]),
        (2, ["one\ntwo", "x"]),
        (4, ["three", "y"]),
    ]


def test_a_quotation_mark_that_is_never_closed_costs_one_row(write, monkeypatch):
    monkeypatch.setattr(reading, "LONGEST_FIELD", 400)
    reading.csv.field_size_limit(400)
    try:
        rows = read(write('a,b\n1,"open\n' + "".join(f"{n},ok\n" for n in range(2, 200))), width=2)
    finally:
        reading.csv.field_size_limit(128 * 1024)

    assert [row.line for row in rows if row.problem] == [2]
    assert [row.cells[0] for row in rows if not row.problem] == ["a", *map(str, range(2, 200))]


def test_a_quotation_mark_closed_rows_later_costs_one_row(write):
    rows = read(write('a,b\n1,"open\n2,ok\n3,ok\n4,"x"\n5,ok\n'), width=2)

    assert [row.line for row in rows if row.problem] == [2]
    assert [row.cells[0] for row in rows if not row.problem] == ["a", "2", "3", "4", "5"]


def test_quotation_marks_within_a_field_are_read_as_they_are(write):
    rows = read(write('a,b\n"Blue" mug,x\n5" pipe,y\n'), width=2)

    assert [row.cells for row in rows[1:]] == [["Blue mug", "x"], ['5" pipe', "y"]]


def test_rows_with_too_many_fields_are_told_and_short_ones_filled(write):
    rows = read(write("a,b,c\n1,2,3,4\n1,2\n1,2,3,,\n\n"), width=3)

    assert [(row.cells[:3], row.problem) for row in rows[1:]] == [
        (["1", "2", "3"], "has 4 fields where the header has 3"),
        (["1", "2", ""], ""),
        (["1", "2", "3"], ""),
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"\n\n \n", "The file is empty."),
        (b"PK\x03\x04rest", "This is a ZIP archive or an Excel workbook. Save or unpack it"),
        (b"%PDF-1.7", "This is a PDF"),
        (bytes(range(256)) * 100, "This is no text"),
        (b"1,2026-06-01,5\n2,2026-06-02,6\n", "The first line looks like data."),
        (b",".join(b"c%d" % n for n in range(1_000_000)), "The file has 1,000,000 columns"),
        (b"a" * (17 * 1024 * 1024), "A line is longer than 16,777,216 characters"),
        (gzip.compress(TEXT.encode())[:-20], "The gzip file is damaged or cut off"),
    ],
    ids=["empty", "blank", "zip", "pdf", "binary", "no header", "columns", "line", "cut gzip"],
)
def test_what_is_no_table_is_refused_in_one_line_and_nothing_is_kept(tenant, content, words):
    upload = SimpleUploadedFile("x.csv", content)

    with pytest.raises(ValidationError) as refused:
        services.receive(upload, kind="orders")

    assert refused.value.messages[0].startswith(words)
    assert not ImportFile.objects.exists()


def test_a_gzip_bomb_is_stopped_early(tenant, write, monkeypatch):
    monkeypatch.setattr(source_file, "FREE_OUTPUT", 1024 * 1024)
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb") as stream:
        stream.write(b"customer_id,date,amount\n")
        for _ in range(20):
            stream.write(b"7,2026-06-01,10\n" * 65_536)
    path = write(packed.getvalue(), name="bomb.gz")
    source = Source(path, is_upload=True)

    with pytest.raises(Unreadable, match="unpacks to over 100 times its size"):
        list(source.lines("utf-8"))

    assert source.unpacked <= 4 * 1024 * 1024


def test_a_name_with_folders_is_only_a_name(tenant, settings, tmp_path):
    settings.FILES_ROOT = tmp_path
    upload = SimpleUploadedFile("x.csv", b"customer_id,date,amount\n7,2026-06-01,10\n")
    upload._name = "../../etc/\x00evil.csv"

    file = services.receive(upload, kind="orders")

    assert file.name == "evil.csv"
    assert [path.name for path in folder().iterdir()] == [file.path]
    assert [path.name for path in tmp_path.iterdir()] == ["acme"]


def test_columns_of_one_name_are_told_apart():
    assert unique_labels(["a", "", "a", "a (2)", "a"]) == [
        "a", "Column 2", "a (2)", "a (2) (2)", "a (3)"]  # fmt: skip
