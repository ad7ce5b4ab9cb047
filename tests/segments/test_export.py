"""Exporting a segment's members: parts, columns, formulas, the audit, and who may."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.utils import timezone

from segments import contacting, services
from segments.definitions import save_segment
from segments.refreshing import refresh_segment
from tenants.workbooks import workbook
from tests.commerce.factories import (
    CustomerFactory,
    CustomerIdentityFactory,
    OrderFactory,
    bring_up_to_date,
)
from tests.conftest import sign_in

COLUMNS = ["customer_id", "first_name", "email", "orders", "spent", "last_order"]
NASTY = '=HYPERLINK("http://evil.test";"win")'


@pytest.fixture
def people(tenant):
    """Three buyers; the third has a formula for a name."""
    made = [CustomerFactory(first_name=n, email=f"{n}@shop.test") for n in ("Ada", "Ben")]
    made.append(CustomerFactory(first_name=NASTY, email="-cmd@shop.test"))
    for number, customer in enumerate(made):
        CustomerIdentityFactory(customer=customer, external_id=f"S-{number}")
        OrderFactory(customer=customer, placed_at=timezone.now() - timedelta(days=1))
    bring_up_to_date(on=services.local_today())
    return made


def saved(name, rule):
    segment = save_segment(name=name, rules=rule, by=None)
    refresh_segment(segment, at=timezone.now(), cause="definition")
    return segment


@pytest.fixture
def buyers(people):
    return saved("Buyers", {"field": "total_orders", "operator": "gte", "value": 1})


def address(segment):
    return f"/admin/segments/segment/{segment.pk}/export/"


def download(client, segment, **asked):
    return client.post(address(segment), {"columns": COLUMNS, "format": "csv", "part": "1"} | asked)


def rows(answer):
    return list(csv.reader(StringIO(b"".join(answer).decode())))


def test_a_file_holds_the_chosen_columns_and_no_formula(buyers, owner):
    answer = download(owner, buyers)

    header, *lines = rows(answer)
    today = services.local_today() - timedelta(days=1)
    assert header == ["Customer id", "First name", "E-mail", "Orders", "Spent", "Last order"]
    assert lines[0][:5] == ["S-0", "Ada", "Ada@shop.test", "1", "100.00"]
    assert lines[0][5] in (str(today), str(today + timedelta(days=1)))
    assert lines[2][1:3] == [f"'{NASTY}", "'-cmd@shop.test"]
    assert answer["Content-Disposition"] == 'attachment; filename="buyers.csv"'


def test_the_workbook_holds_the_same_and_no_formula(buyers, owner):
    answer = download(owner, buyers, format="xlsx")

    with ZipFile(BytesIO(answer.content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert answer["Content-Disposition"] == 'attachment; filename="buyers.xlsx"'
    assert "<f>" not in sheet
    assert "'=HYPERLINK" in sheet
    assert "<v>100.00</v>" in sheet


def test_each_export_leaves_a_row_in_the_audit(buyers, owner):
    download(owner, buyers)

    entry = LogEntry.objects.filter(additional_data__what="export").get()
    assert entry.object_repr == "Buyers"
    assert entry.additional_data == {
        "what": "export",
        "what_of": "segment members",
        "rows": 3,
        "columns": COLUMNS,
        "part": 1,
        "format": "csv",
    }


def test_beyond_the_limit_the_export_comes_in_parts(buyers, owner, monkeypatch):
    monkeypatch.setattr("segments.export.PART", 2)

    page = owner.get(address(buyers)).content.decode()
    first, second = (rows(download(owner, buyers, part=part))[1:] for part in ("1", "2"))

    assert "Rows 1–2" in page
    assert "Rows 3–3" in page
    assert [line[0] for line in first + second] == ["S-0", "S-1", "S-2"]
    assert download(owner, buyers, part="3").status_code == 404
    assert download(owner, buyers, part="2")["Content-Disposition"].endswith('"buyers-3-3.csv"')


def test_whom_nothing_may_be_sent_stays_out_and_is_counted(buyers, owner):
    ben = saved("Bens", {"field": "first_name", "operator": "eq", "value": "Ben"})
    contacting.set_never_contact([ben], by=None)

    page = owner.get(address(buyers)).content.decode()
    lines = rows(download(owner, buyers))[1:]

    assert [line[0] for line in lines] == ["S-0", "S-2"]
    assert "2 rows. 1 more member stays out" in page
    assert "There is nobody to export" in owner.get(address(ben)).content.decode()


def test_no_column_is_an_error_in_words_and_writes_nothing(buyers, owner):
    answer = download(owner, buyers, columns=[])

    assert answer.status_code == 200
    assert b"Choose at least one column." in answer.content
    assert not LogEntry.objects.filter(additional_data__what="export").exists()


@pytest.mark.parametrize("asked", [{"part": "0"}, {"part": "x"}, {"format": "pdf"}])
def test_what_is_not_offered_is_not_found(buyers, owner, asked):
    assert download(owner, buyers, **asked).status_code == 404
    assert not LogEntry.objects.filter(additional_data__what="export").exists()


@pytest.mark.parametrize("role", ["marketer", "samples_staff", "viewer"])
def test_only_the_owner_exports(buyers, member, role):
    client = member(role)

    assert download(client, buyers).status_code == 403
    assert client.get(address(buyers)).status_code == 403
    assert b"/export/" not in client.get(f"/admin/segments/segment/{buyers.pk}/change/").content
    assert not LogEntry.objects.filter(additional_data__what="export").exists()


def test_contact_columns_need_the_right_to_see_them(buyers, tenant):
    user = User.objects.create_user("books", "books@acme.test", "x", is_staff=True)
    wanted = ("view_segment", "export_customer")
    user.user_permissions.add(*Permission.objects.filter(codename__in=wanted))
    client = sign_in(tenant, user)

    page = client.get(address(buyers)).content.decode()
    header = rows(download(client, buyers))[0]

    assert header == ["Customer id", "Orders", "Spent", "Last order"]
    assert 'value="email"' not in page


def test_nobody_of_another_shop_exports(buyers, other_tenant):
    connection.set_tenant(other_tenant)
    stranger = sign_in(
        other_tenant, User.objects.create_superuser("stranger", "s@globex.test", "x")
    )

    answer = stranger.post(
        address(buyers), {"columns": COLUMNS}, headers={"host": "acme.localhost"}
    )

    assert answer.status_code == 302
    assert b"Ada" not in stranger.post(address(buyers), {"columns": COLUMNS}).content


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "＝1", "'x", "{=1}"])
def test_no_cell_of_a_workbook_is_a_formula_or_a_link(tenant, text):
    book = workbook("All [members]: 1/2", [text], [[text], ["http://x.test"], [None], [True]])

    with ZipFile(BytesIO(book)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        names = parts.namelist()
    assert "<f>" not in sheet
    assert not any("hyperlink" in name or "rels/sheet" in name for name in names)
