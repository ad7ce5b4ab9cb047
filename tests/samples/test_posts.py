"""Posts: their links, what they count for, and who has not posted."""

from datetime import date
from decimal import Decimal

import pytest
from django.core import mail

from samples.creators import chasing, findings, posts
from samples.models import Finding, FollowUpSettings, Post, SampleFollowUp
from samples.stats import stats
from tests.samples.creator_facts import NOW, TODAY, make_creator, make_post, make_sample

ADD = "/admin/samples/posts/add/"
CHASE = "/admin/samples/to-chase/"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" https://TikTok.com/@mia/video/1#top ", "https://tiktok.com/@mia/video/1"),
        ("https://youtu.be/x?t=3", "https://youtu.be/x?t=3"),
        ("HTTPS://instagram.com", "https://instagram.com/"),
    ],
)
def test_a_link_is_kept_in_one_form(typed, kept):
    assert posts.checked_link(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "http://tiktok.com/x",
        "javascript:alert(1)",
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://me:secret@tiktok.com/",
        "https://tiktok.com:8443/",
        "https://tiktok.com/a b",
        "https://[::1]/",
        "https://evil.test\\.tiktok.com/",
        "tiktok.com/@mia",
        "https://tiktok.com/" + "x" * 500,
    ],
)
def test_what_is_no_public_https_address_is_refused(typed):
    with pytest.raises(ValueError, match=r"."):
        posts.checked_link(typed)


def test_a_samples_post_is_its_creators_and_counts_at_once(owner):
    mia = make_creator()
    sample = make_sample(mia, number="#1001")

    answer = owner.post(
        ADD,
        {"link": "https://youtu.be/x", "sample": "1001", "posted_on": "2026-06-10",
         "reach": "1200", "fee": "25"},
    )  # fmt: skip

    post = Post.objects.get()
    mia.refresh_from_db()
    assert answer.status_code == 302
    assert (post.creator_id, post.order_id, post.platform) == (mia.pk, sample.pk, "youtube")
    assert (post.reach, post.fee, post.recorded_by.username) == (1200, Decimal(25), "owner")
    assert (mia.posts_count, mia.reach, mia.cost) == (1, 1200, Decimal(25))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"link": "http://youtu.be/x"}, "beginning with https://"),
        ({"posted_on": "2999-01-01"}, "still to come"),
        ({"creator": ""}, "Say whose post it is"),
        ({"creator": "Nobody"}, "Nobody, or more than one"),
        ({"link": "https://tiktok.com/known"}, "recorded already"),
    ],
)
def test_a_post_that_cannot_be_is_refused_beside_its_box(owner, values, said):
    mia = make_creator()
    make_post(mia, link="https://tiktok.com/known")
    told = {"link": "https://youtu.be/x", "creator": "Mia Berg", "posted_on": "2026-06-10"}

    answer = owner.post(ADD, told | values)

    assert said in answer.content.decode()
    assert Post.objects.count() == 1


def test_a_post_is_changed_and_deleted_on_its_page(owner):
    mia = make_creator()
    post = make_post(mia, reach=10)
    page = f"/admin/samples/posts/{post.pk}/"

    owner.post(page, {"link": post.link, "creator": f"Mia Berg #{mia.pk}",
                      "posted_on": "2026-06-10", "reach": "99"})  # fmt: skip
    mia.refresh_from_db()
    changed = mia.reach
    owner.post(page, {"step": "remove"})

    mia.refresh_from_db()
    assert (changed, mia.reach, mia.posts_count) == (99, 0, 0)
    assert not Post.objects.exists()


def test_who_has_not_posted_is_chased_from_the_day_of_the_limit(tenant):
    mia = make_creator()
    due = make_sample(mia, fulfilled_on=date(2026, 6, 16))
    make_sample(mia, fulfilled_on=date(2026, 6, 17))  # thirteen days
    posted = make_sample(mia)
    make_post(mia, order=posted.order)
    make_sample(make_creator("Gone", status="ended"))
    make_sample()  # linked to nobody
    make_sample(mia, state="pending")
    excused = make_sample(mia)
    chasing.excuse([excused.pk], by=None, on=TODAY)

    assert [row.pk for row in chasing.to_chase(on=TODAY)] == [due.pk]


def test_a_post_about_no_sample_counts_for_those_ordered_before_it(tenant):
    mia = make_creator()
    make_sample(mia, on=date(2026, 5, 1))
    after = make_sample(mia, on=date(2026, 6, 2))
    make_post(mia, posted_on=date(2026, 6, 1))

    assert [row.pk for row in chasing.to_chase(on=TODAY)] == [after.pk]


def test_samples_wait_too_long_by_the_merchants_own_limit(tenant):
    old = make_sample(on=date(2026, 6, 20), state="pending")
    newer = make_sample(on=date(2026, 6, 22), state="pending")
    make_sample(on=date(2026, 6, 1), state="partial")  # something of it was sent
    make_sample(on=date(2026, 6, 23), state="pending")
    make_sample(on=date(2026, 6, 1), state="cancelled")

    usual = {row.pk for row in chasing.waiting_too_long(on=TODAY)}
    FollowUpSettings.objects.create(pk=1, pending_after_days=9)

    assert usual == {old.pk, newer.pk}
    assert [row.pk for row in chasing.waiting_too_long(on=TODAY)] == [old.pk]


def test_findings_are_opened_once_and_ended(tenant):
    mia = make_creator()
    late, silent = make_sample(state="pending"), make_sample(mia)

    first = findings.look(on=TODAY, at=NOW)
    again = findings.look(on=date(2026, 7, 1), at=NOW)
    make_post(mia, order=silent.order)
    findings.look(on=date(2026, 7, 2), at=NOW)

    rows = Finding.objects.order_by("kind").values_list("kind", "order", "found_on", "ended_on")
    assert first == {"pending": 1, "not_posted": 1, "right_ends": 0}
    assert again == {"pending": 0, "not_posted": 0, "right_ends": 0}
    assert list(rows) == [
        ("not_posted", silent.pk, TODAY, date(2026, 7, 2)),
        ("pending", late.pk, TODAY, None),
    ]


def test_the_team_gets_a_mail_only_if_it_wants_one(tenant, owner, member):
    member("samples_staff"), member("viewer")
    found = {"pending": 2, "not_posted": 0, "right_ends": 1}

    unasked = findings.mail_team(found)
    FollowUpSettings.objects.create(pk=1, mails_staff=True)
    sent, nothing_new = findings.mail_team(found), findings.mail_team(dict.fromkeys(found, 0))

    assert (unasked, sent, nothing_new) == (0, 2, 0)
    assert sorted(to for each in mail.outbox for to in each.to) == [
        "owner@acme.test",
        "samples_staff@acme.test",
    ]
    assert "Waiting too long: 2" in mail.outbox[0].body
    assert "Not posted" not in mail.outbox[0].body
    assert "/admin/samples/to-chase/" in mail.outbox[0].body


def test_the_page_offers_a_mail_and_marks_who_was_reminded(owner):
    mia = make_creator(email="mia+tea@shop.test")
    sample = make_sample(mia, on=date(2025, 1, 1))

    page = owner.get(CHASE).content.decode()
    owner.post(CHASE, {"step": "remind", "ids": [sample.pk, "x"]})
    owner.post(CHASE, {"step": "remind", "ids": [sample.pk]})

    follow_up = SampleFollowUp.objects.get()
    assert "mailto:mia%2Btea@shop.test?subject=" in page
    assert (follow_up.reminders_count, follow_up.changed_by.username) == (2, "owner")
    assert follow_up.reminded_on is not None
    assert mail.outbox == []


def test_limits_are_saved_and_a_day_too_many_refused(owner):
    owner.post(CHASE, {"step": "limits", "chase_after_days": 20, "pending_after_days": 3,
                       "result_days": 30})  # fmt: skip
    refused = owner.post(CHASE, {"step": "limits", "chase_after_days": 400,
                                 "pending_after_days": 3, "result_days": 30})  # fmt: skip

    saved = FollowUpSettings.objects.get()
    assert (saved.pk, saved.chase_after_days, saved.pending_after_days) == (1, 20, 3)
    assert "less than or equal to 365" in refused.content.decode()


def test_the_tracking_link_of_a_sample_is_kept_and_taken_away(owner):
    sample = make_sample(make_creator())
    page = f"/admin/samples/{sample.pk}/follow-up/"

    owner.post(page, {"step": "track", "link": "https://carrier.test/p/1"})
    kept = SampleFollowUp.objects.get().tracking_url
    shown = owner.get(page).content.decode()
    refused = owner.post(page, {"step": "track", "link": "http://carrier.test"}, follow=True)
    still = SampleFollowUp.objects.get().tracking_url
    owner.post(page, {"step": "track", "link": ""})

    assert kept == still == "https://carrier.test/p/1"
    assert 'href="https://carrier.test/p/1"' in shown
    assert "Tracking link: Enter the whole address" in refused.content.decode()
    assert SampleFollowUp.objects.get().tracking_url == ""


def test_a_viewer_sees_no_address_of_a_post(member):
    make_post(make_creator(), link="https://www.tiktok.com/@mia/video/1")

    page = member("viewer").get("/admin/samples/posts/").content.decode()

    assert "TikTok" in page
    assert "mia" not in page.lower()


def test_the_posted_rate_counts_the_posts_that_end_the_chase(tenant):
    mia = make_creator()
    own, free, nobody = make_sample(mia), make_sample(mia), make_sample()
    make_sample(mia, on=date(2026, 6, 20))  # after the post about no sample
    make_post(mia, order=own.order)
    make_post(mia, posted_on=free.placed_on)
    make_post(order=nobody.order)

    totals = stats(on=TODAY, periods=2).totals

    assert (totals["ugc"].fulfilled, totals["ugc"].posted) == (4, 3)
