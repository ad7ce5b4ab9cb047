"""What imports keep of somebody beside the facts goes with them."""

import gzip

import pytest
from django.utils import timezone

from commerce.erasure.erase import erase
from integrations import privacy
from integrations.csv.files import folder
from integrations.models import ImportFile, RejectedRow
from tests.commerce.factories import CustomerFactory, CustomerIdentityFactory


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.FILES_ROOT = tmp_path


def upload(name: str, content: bytes, **values) -> ImportFile:
    (folder() / name).write_bytes(content)
    values = {"state": ImportFile.State.DONE, "is_upload": True} | values
    return ImportFile.objects.create(name=name, path=name, **values)


def test_read_uploads_and_refused_rows_that_name_them_go(tenant):
    ann = CustomerFactory(email="ann.lee@example.test")
    CustomerIdentityFactory(customer=ann, external_id="CUST-1001")
    upload("plain.csv", b"email\nANN.Lee@example.test\n")
    upload("packed.csv", gzip.compress(b"id\nCUST-1001\n"))
    upload("waits.csv", b"ann.lee@example.test", state=ImportFile.State.READY)
    other = upload("others.csv", b"email\nbob@example.test\n")
    RejectedRow.objects.create(file=other, line=1, reason="?", cells=["x", "Ann.Lee@Example.test"])
    RejectedRow.objects.create(file=other, line=2, reason="?", cells=["bob@example.test"])

    counts = erase([ann.pk], by=None, at=timezone.now())

    assert counts["imports"] == 3
    assert sorted(path.name for path in folder().iterdir()) == ["others.csv", "waits.csv"]
    assert list(RejectedRow.objects.values_list("line", flat=True)) == [2]


def test_a_word_is_found_across_two_blocks(tenant, tmp_path, monkeypatch):
    monkeypatch.setattr(privacy, "BLOCK", 4)
    path = tmp_path / "some.csv"
    path.write_bytes(b"abcdefann@x.testghi")

    assert privacy.names(path, ["ann@x.test"])
    assert not privacy.names(path, ["bob@x.test"])
    assert not privacy.names(path, [])
