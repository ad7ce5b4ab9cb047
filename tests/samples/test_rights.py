"""Usage rights: which hold, end soon, are over; on their page and in the daily findings."""

from datetime import UTC, date, datetime, timedelta

import pytest

from commerce.admin.page import today
from samples.creators import findings, rights
from samples.models import Finding, UsageRight
from tenants import retention
from tests.samples.creator_facts import NOW, TODAY, make_creator, make_post

PAGE = "/admin/samples/rights/"


def make_right(creator, *, ends_on, starts_on=date(2026, 1, 1)) -> UsageRight:
    return UsageRight.objects.create(
        creator=creator, scope="Ads", starts_on=starts_on, ends_on=ends_on
    )


@pytest.fixture
def lasting(tenant) -> dict[str, UsageRight]:
    mia = make_creator()
    days = {"over": -1, "today": 0, "soon": 30, "later": 31}
    made = {
        key: make_right(mia, ends_on=TODAY + timedelta(days=days)) for key, days in days.items()
    }
    made["for good"] = make_right(mia, ends_on=None)
    made["to come"] = make_right(mia, ends_on=None, starts_on=TODAY + timedelta(days=1))
    return made


def names(rows, made) -> list[str]:
    by_pk = {right.pk: key for key, right in made.items()}
    return [by_pk[row.pk] for row in rows]


def test_a_right_ends_soon_holds_or_is_over(lasting):
    assert names(rights.ending(on=TODAY), lasting) == ["today", "soon"]
    assert names(rights.holding(on=TODAY), lasting) == ["today", "soon", "later", "for good"]
    assert names(rights.ended(on=TODAY), lasting) == ["over"]


def test_rights_about_to_end_are_found_for_who_acts_on_them(lasting):
    found = findings.look(on=TODAY, at=NOW)

    rows = Finding.objects.order_by("right").values_list("kind", "right", "creator")
    mia = lasting["today"].creator_id
    assert found["right_ends"] == 2
    assert list(rows) == [
        ("right_ends", lasting["today"].pk, mia),
        ("right_ends", lasting["soon"].pk, mia),
    ]


def test_a_right_is_added_changed_and_deleted(owner):
    mia = make_creator(tiktok="mia")
    post = make_post(mia)
    end = today() + timedelta(days=3)

    told = {"creator": "@mia", "scope": "Paid ads", "starts_on": "2026-01-01"}
    owner.post(f"{PAGE}add/?creator={mia.pk}", told | {"post": post.pk, "ends_on": end.isoformat()})
    right = UsageRight.objects.get()
    kept = (right.post_id, right.ends_on, right.added_by.username)
    shown = owner.get(PAGE).content.decode()
    owner.post(f"{PAGE}{right.pk}/", told | {"ends_on": ""})
    right.refresh_from_db()
    owner.post(f"{PAGE}{right.pk}/", {"step": "remove"})

    assert kept == (post.pk, end, "owner")
    assert "Paid ads" in shown
    assert "3 days left" in shown
    assert right.ends_on is None
    assert not UsageRight.objects.exists()


def test_an_end_before_the_beginning_is_refused(owner):
    make_creator(tiktok="mia")

    answer = owner.post(
        f"{PAGE}add/",
        {"creator": "@mia", "scope": "Ads", "starts_on": "2026-02-01", "ends_on": "2026-01-01"},
    )

    assert "before the first one" in answer.content.decode()
    assert not UsageRight.objects.exists()


def test_another_creators_post_cannot_be_named(owner):
    mia, post = make_creator(tiktok="mia"), make_post(make_creator("Ben"))

    answer = owner.post(
        f"{PAGE}add/?creator={mia.pk}",
        {"creator": "@mia", "scope": "Ads", "starts_on": "2026-02-01", "post": post.pk},
    )

    assert answer.status_code == 200
    assert not UsageRight.objects.exists()


def test_findings_that_are_over_are_not_kept_for_ever(lasting):
    findings.look(on=TODAY, at=NOW)
    Finding.objects.filter(right=lasting["today"]).update(ended_on=TODAY)
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)

    deleted = retention.KEPT["sample_findings"].delete(noon)

    assert deleted == 1
    assert [row.right_id for row in Finding.objects.all()] == [lasting["soon"].pk]
