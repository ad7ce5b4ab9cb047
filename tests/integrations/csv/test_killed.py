"""A worker killed in mid import, again and again: the file is in once, and whole."""

from collections.abc import Iterator

import pytest

from commerce.models import CustomerMetrics, Order, OrderLine
from integrations.csv import services
from integrations.models import ImportFile
from tenants import dispatch, jobs
from tenants.models import Run
from tests.workers import Workers, kill, wait_for

ROWS = [(n // 2, n % 37, n % 5) for n in range(1_500)]


@pytest.fixture
def start_worker(tmp_path) -> Iterator[Workers]:
    with Workers("tests.integrations.csv.worker", "-Q", "sync", logs=tmp_path) as workers:
        yield workers


@pytest.mark.timeout(240)
def test_a_file_is_in_once_and_whole_however_often_its_worker_is_killed(
    committed_tenant, settings, start_worker, write
):
    settings.RUN_LEASE_SECONDS = 2
    text = "".join(f"{o},2026-06-01,{c},S{q},{q},2\n" for o, c, q in ROWS)
    path = write("order number,date,customer id,sku,quantity,price\n" + text)
    file = services.register(path, kind="orders")
    services.start(file)

    for _ in range(2):
        before = ImportFile.objects.get().rows_done
        worker = start_worker()
        wait_for(lambda at=before: ImportFile.objects.get().rows_done > at, seconds=60)
        kill(worker)
        with jobs.schema_context("public"):
            wait_for(lambda: dispatch.reap() == 1)
            Run.objects.update(not_before=None)
            dispatch.resend()
    half_done = ImportFile.objects.get().rows_done
    start_worker()
    wait_for(lambda: ImportFile.objects.get().state == ImportFile.State.DONE, seconds=60)

    assert 0 < half_done < len(ROWS)
    assert OrderLine.objects.count() == len(ROWS)
    expected: dict[str, int] = {}
    for number, _, quantity in ROWS:
        expected[str(number)] = expected.get(str(number), 0) + 2 * quantity
    assert dict(Order.objects.values_list("number", "total")) == expected
    assert sum(CustomerMetrics.objects.values_list("spent", flat=True)) == sum(expected.values())
    assert jobs.latest("import").attempt == 3
