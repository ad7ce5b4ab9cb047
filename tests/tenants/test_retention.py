"""What is deleted after how long, in one merchant and not in the other."""

from datetime import UTC, datetime, timedelta

import pytest
from auditlog.models import LogEntry
from django.db import connection
from django_tenants.utils import tenant_context

from integrations.csv.files import folder
from integrations.models import ImportFile, RejectedRow
from segments.models import MembershipChange, ScoreChange, ScoreRun, Segment, SegmentRefresh
from tenants import audit, jobs, retention
from tenants.access.models import Effect, RetentionRule

NOW = datetime(2026, 6, 1, 4, tzinfo=UTC)


def days_ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


def delete(key: str, *, days: int) -> int:
    return retention.KEPT[key].delete(days_ago(days))


@pytest.fixture
def segment(tenant) -> Segment:
    return Segment.objects.create(name="Regulars", slug="regulars")


def test_the_default_holds_until_the_merchant_says_otherwise(tenant):
    before = retention.days_kept()
    retention.keep_for({"audit": 365}, by=None)

    assert before["audit"] == 730
    assert retention.days_kept() == before | {"audit": 365}


def test_going_back_to_the_default_keeps_no_row(tenant):
    retention.keep_for({"audit": 365}, by=None)

    retention.keep_for({"audit": 730}, by=None)

    assert not RetentionRule.objects.exists()


def test_a_stored_number_below_the_least_is_read_as_the_least(tenant):
    RetentionRule.objects.create(key="audit", days=1)

    assert retention.days_kept()["audit"] == retention.KEPT["audit"].least


def test_old_changes_of_memberships_go_and_newer_ones_stay(segment):
    for days in (801, 799):
        MembershipChange.objects.create(
            segment=segment, entered=True, cause="data", at=days_ago(days)
        )

    assert delete("membership_changes", days=800) == 1
    assert [change.at for change in MembershipChange.objects.all()] == [days_ago(799)]


def test_the_newest_run_of_a_score_stays_however_old_it_is(tenant):
    old, newest = (
        ScoreRun.objects.create(
            model="rfm", as_of=days_ago(days).date(), cause="score", started_at=days_ago(days)
        )
        for days in (1000, 900)
    )
    ScoreChange.objects.create(run=old, model="rfm", cause="score", on=days_ago(1000).date())

    assert delete("score_runs", days=800) == 1
    assert list(ScoreRun.objects.all()) == [newest]


def test_what_triggers_did_goes_and_what_waits_stays(tenant):
    for state in Effect.State.values:
        over = days_ago(401) if state in ("done", "failed", "skipped") else None
        values = {"consumer": "trigger:1", "state": state, "created_at": days_ago(500)}
        Effect.objects.create(change=state, finished_at=over, **values)

    assert delete("effects", days=400) == 3
    assert set(Effect.objects.values_list("state", flat=True)) == {"waiting", "sending"}


def test_refreshes_are_deleted_page_by_page(segment, monkeypatch):
    monkeypatch.setattr(retention, "PAGE", 2)
    for _ in range(5):
        SegmentRefresh.objects.create(segment=segment, at=days_ago(100), as_of=days_ago(100))

    assert delete("segment_refreshes", days=90) == 5


def test_an_imported_upload_loses_its_file_and_keeps_its_record(tenant):
    done = upload("done.csv", state="done")
    RejectedRow.objects.create(file=done, line=2, reason="No date.")

    assert delete("uploads", days=30) == 1
    assert delete("rejected_rows", days=30) == 1

    assert list(ImportFile.objects.all()) == [done]
    assert not (folder() / "done.csv").exists()


def test_an_upload_that_was_never_imported_goes_whole(tenant):
    upload("left.csv", state="mapping")

    assert delete("uploads", days=30) == 1

    assert not ImportFile.objects.exists()
    assert not (folder() / "left.csv").exists()


def upload(name: str, *, state: str) -> ImportFile:
    (folder() / name).write_text("a\n")
    file = ImportFile.objects.create(name=name, path=name, state=state)
    ImportFile.objects.filter(pk=file.pk).update(created_at=days_ago(31))
    return file


def test_the_weekly_job_deletes_here_and_leaves_the_other_merchant_alone(tenant, other_tenant):
    for merchant in (tenant, other_tenant):
        with tenant_context(merchant):
            audit.record(None, "export", "Customers")
            LogEntry.objects.update(timestamp=NOW - timedelta(days=5_000))
    connection.set_tenant(tenant)

    run = jobs.run_now("retention")

    assert run.counts["audit"] == 1
    with tenant_context(other_tenant):
        assert LogEntry.objects.count() == 1


def test_the_page_saves_what_it_shows(tenant, owner):
    values = retention.days_kept() | {"uploads": 7}

    answer = owner.post("/admin/settings/retention/", values)

    assert answer.status_code == 302
    assert retention.days_kept() == values
    assert LogEntry.objects.filter(additional_data__what="retention").count() == 1


def test_the_page_refuses_less_than_the_least_in_words(tenant, owner):
    answer = owner.post("/admin/settings/retention/", retention.days_kept() | {"audit": 3})

    assert answer.status_code == 422
    assert "greater than or equal to 90" in answer.content.decode()
    assert not RetentionRule.objects.exists()
