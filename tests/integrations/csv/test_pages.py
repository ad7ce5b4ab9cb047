"""The import pages: who may, what they show, what the buttons do."""

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django_tenants.utils import tenant_context

from commerce.models import Order
from integrations.csv import services
from integrations.csv.files import folder, path_of
from integrations.jobs import import_file
from integrations.models import ImportFile
from tenants import jobs
from tenants.models import Run
from tenants.runs import RunHandle, claim
from tests.conftest import sign_in

TEXT = b"order number;date;customer id;artikel;menge;einzelpreis\n1;03/04/2026;7;Mug;2;1.234,50\n2;04/04/2026;7;Mug;x;1,00\n"  # noqa: E501


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"


def upload(content: bytes = TEXT, *, name: str = "orders.csv", kind: str = "orders") -> dict:
    return {"kind": kind, "file": SimpleUploadedFile(name, content)}


def taken(content: bytes = TEXT) -> ImportFile:
    return services.receive(SimpleUploadedFile("till-export.csv", content), kind="orders")


def posted(file: ImportFile, **changes: str) -> dict[str, str]:
    """Return what the mapping form sends when nothing is changed but `changes`."""
    mapping = file.mapping
    boxes = {f"column-{n}": mapping["columns"][label] for n, label in enumerate(mapping["labels"])}
    style = {name: mapping[name] for name in ("dates", "decimal", "timezone", "refund_prefix")}
    return boxes | style | {"rates": ""} | changes


def work(run: Run) -> None:
    """Do a queued run as a worker would."""
    claimed = claim(run.pk, schema_name="acme")
    import_file(RunHandle(claimed))
    jobs.finish(claimed, state=Run.State.DONE)


def newest() -> Run:
    return jobs.latest("import")


def test_the_empty_page_offers_files_to_begin_with(owner):
    page = owner.get("/admin/imports/").content.decode()

    assert "Nothing imported yet" in page
    for kind in ("orders", "customers", "events"):
        sample = owner.get(f"/admin/imports/sample-{kind}.csv")
        content = b"".join(sample.streaming_content)
        answer = owner.post("/admin/imports/", upload(content, name=f"{kind}.csv", kind=kind))
        assert answer.status_code == 302
        page = owner.get(answer["Location"]).content.decode()
        assert "Not taken" not in page
        assert 'role="alert"' not in page


def test_an_uploaded_file_is_shown_as_it_is_understood(owner):
    answer = owner.post("/admin/imports/", upload())
    page = owner.get(answer["Location"]).content.decode()

    assert "day and month could be either way round" in page
    assert "3 Apr 2026, 00:00" in page
    assert "1,234.5" in page
    assert "quantity “x” is no number" in page
    assert not Order.objects.exists()


def test_a_file_that_is_no_table_is_refused_beside_the_box_and_nothing_is_kept(owner):
    answer = owner.post("/admin/imports/", upload(b"PK\x03\x04"))

    assert answer.status_code == 422
    assert "This is a ZIP archive or an Excel workbook." in answer.content.decode()
    assert not ImportFile.objects.exists()
    assert not list(folder().iterdir())


def test_a_file_that_is_too_large_is_refused_in_words(owner, settings):
    settings.UPLOAD_MAX_BYTES = 50

    answer = owner.post("/admin/imports/", upload())

    assert answer.status_code == 422
    assert "The file is larger than 50\xa0bytes." in answer.content.decode()
    assert not list(folder().iterdir())


def test_the_columns_can_be_changed_and_problems_stand_inline(owner):
    file = taken()

    wrong = owner.post(f"/admin/imports/{file.pk}/", posted(file, **{"column-1": ""}))
    right = owner.post(f"/admin/imports/{file.pk}/", posted(file, dates="mdy"))

    assert wrong.status_code == 422
    assert "Say which column holds the date of the order." in wrong.content.decode()
    assert right.status_code == 302
    assert "4 Mar 2026, 00:00" in owner.get(right["Location"]).content.decode()


def test_a_trial_shows_what_would_come_and_writes_nothing(owner):
    file = taken()

    owner.post(f"/admin/imports/{file.pk}/", posted(file, do="try"))
    work(newest())
    page = owner.get(f"/admin/imports/{file.pk}/").content.decode()

    assert "what the import would bring" in page
    assert "1 row would not be taken" in page
    assert not Order.objects.exists()


def test_an_import_shows_what_it_brought_and_the_rejected_rows_can_be_downloaded(owner):
    file = taken()

    owner.post(f"/admin/imports/{file.pk}/", posted(file, do="start"))
    work(newest())
    page = owner.get(f"/admin/imports/{file.pk}/").content.decode()
    rejected = owner.get(f"/admin/imports/{file.pk}/rejected.csv")

    assert Order.objects.get().total == 2469
    assert "What it brought" in page
    assert "1 row not taken" in page
    assert b"".join(rejected.streaming_content).decode().splitlines() == [
        "line,reason,order number,date,customer id,artikel,menge,einzelpreis",
        '3,quantity “x” is no number,2,04/04/2026,7,Mug,x,"1,00"',
    ]


def test_what_a_trial_rejected_is_not_listed_twice_after_the_import(owner):
    file = taken()

    for step in ("try", "start"):
        owner.post(f"/admin/imports/{file.pk}/", posted(file, do=step))
        work(newest())

    assert list(file.rejected.values_list("line", flat=True)) == [3]


def test_an_import_whose_worker_died_can_go_on(owner):
    file = taken()
    run = services.start(file)
    ImportFile.objects.update(state="running", rows_done=1, counts={"orders_new": 1})
    with jobs.schema_context("public"):
        Run.objects.filter(pk=run.pk).update(state="quarantined", error="It stopped.")

    page = owner.get(f"/admin/imports/{file.pk}/").content.decode()

    assert "Go on importing" in page
    assert "Stopped" in page


def test_a_file_at_work_cannot_be_changed_or_deleted(owner):
    file = taken()
    services.start(file)

    owner.post(f"/admin/imports/{file.pk}/", posted(file, do="delete"))

    assert ImportFile.objects.filter(pk=file.pk).exists()


def test_a_deleted_import_takes_its_file_along(owner):
    file = taken()

    owner.post(f"/admin/imports/{file.pk}/", {"do": "delete"})

    assert not ImportFile.objects.exists()
    assert not path_of(file).exists()


@pytest.mark.parametrize(
    ("role", "status"), [("owner", 200), ("marketer", 200), ("samples_staff", 403), ("viewer", 403)]
)
def test_owners_and_marketers_import_and_nobody_else(member, role, status):
    file = taken()
    client = member(role)

    for path in ("", f"{file.pk}/", f"{file.pk}/rejected.csv", "sample-orders.csv"):
        assert client.get(f"/admin/imports/{path}").status_code == status
    if status == 403:
        assert client.post("/admin/imports/", upload()).status_code == 403
        assert client.post(f"/admin/imports/{file.pk}/", {"do": "delete"}).status_code == 403
        assert ImportFile.objects.count() == 1


def test_the_stranger_finds_none_of_it(tenant, other_tenant):
    with tenant_context(tenant):
        file = taken()
    with tenant_context(other_tenant):
        stranger = sign_in(other_tenant, User.objects.create_superuser("s", "s@globex.test"))

    for path in (f"{file.pk}/", f"{file.pk}/rejected.csv"):
        assert stranger.get(f"/admin/imports/{path}").status_code == 404
    assert stranger.post(f"/admin/imports/{file.pk}/", {"do": "delete"}).status_code == 404
    assert "till-export" not in stranger.get("/admin/imports/").content.decode()
    with tenant_context(tenant):
        assert ImportFile.objects.filter(pk=file.pk).exists()


def test_the_list_asks_as_often_however_many_imports_there_are(
    owner, django_assert_max_num_queries
):
    owner.get("/admin/imports/")
    for number in range(20):
        ImportFile.objects.create(name=f"{number}.csv", path="x", run_id=number)

    with django_assert_max_num_queries(25):
        owner.get("/admin/imports/")
