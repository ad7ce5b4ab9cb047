"""The weekly letter: its figures, whom it reaches, and how one ends it."""

import re
import smtplib
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import tenant_context

from commerce.rollups.days import recount_days
from segments import services
from segments.digest import jobs as digest_jobs
from segments.digest import mailing, recipients
from segments.digest.letter import as_mail, read_letter
from segments.digest.week import Week, week_until
from segments.goals import save_goal
from segments.models import Goal, Letter, MembershipChange, RfmScore, ScoreChange, Segment
from tenants import schedule
from tenants.access.members import make_member
from tenants.job_registry import REGISTRY
from tenants.models import TenantJob
from tests.commerce.factories import CustomerFactory, OrderFactory, bring_up_to_date
from tests.conftest import sign_in

LONDON = ZoneInfo("Europe/London")
MONDAY = datetime(2026, 6, 15, 7, tzinfo=LONDON)


class Handle:
    """What a run of the job is given."""

    def __init__(self, moment=MONDAY):
        self.moment, self.today, self.params = moment, moment.astimezone(LONDON).date(), {}


def on(day, hour=12):
    return datetime(2026, 6, day, hour, tzinfo=LONDON)


def buy(customer, total, at):
    OrderFactory(customer=customer, total=Decimal(total), placed_at=at)


def segment(name, members=0, **values):
    defaults = {"slug": name.lower(), "kind": "manual", "refreshed_at": MONDAY}
    return Segment.objects.create(name=name, members_count=members, **defaults | values)


def changes(row, count, *, entered, cause, at):
    rows = [MembershipChange(segment=row, entered=entered, cause=cause, at=at)] * count
    MembershipChange.objects.bulk_create(
        [MembershipChange(segment=row, entered=entered, cause=cause, at=at) for _ in rows]
    )


def one(query, *values):
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchone()[0]


@pytest.fixture
def shop(tenant):
    """A shop with orders in the week, the week before, and the same week last year."""
    ada, ben, cleo = (CustomerFactory() for _ in range(3))
    buy(ada, 300, on(8, 0))  # Monday, its first minute
    buy(ada, 50, on(14, 23))  # Sunday, its last hour
    buy(ben, 100, on(7, 23))  # the Sunday before
    buy(cleo, 70, on(15, 1))  # today
    buy(ben, 175, datetime(2025, 6, 11, 12, tzinfo=LONDON))
    bring_up_to_date(on=MONDAY.date())
    with connection.cursor() as cursor:
        recount_days(cursor, standing=MONDAY.date())
    return tenant


@pytest.fixture
def people(shop):
    """An owner, a marketer and a viewer, none of whom said a word."""
    return {role: make_member(f"{role}@acme.test", role=role) for role in ("owner", "viewer")}


def test_the_week_is_last_monday_to_sunday_in_the_merchants_days(tenant):
    week = week_until(MONDAY.date())

    assert (week.first, week.last) == (date(2026, 6, 8), date(2026, 6, 14))
    assert week.moments == (on(8, 0), on(15, 0))
    assert week.last_year == Week(date(2025, 6, 9), date(2025, 6, 15))


def test_the_job_is_due_on_mondays_at_seven_local_time(tenant):
    schedule.ensure_rows(tenant)
    connection.set_schema_to_public()
    row = TenantJob.objects.get(tenant=tenant, job="digest")

    due = row.next_run_at.astimezone(LONDON)
    assert (due.isoweekday(), due.hour, due.minute) == (1, 7, 0)
    assert REGISTRY["digest"].label == "Weekly letter"


def test_revenue_and_new_customers_are_those_plain_sql_counts(shop):
    letter = read_letter(at=MONDAY)

    revenue = "SELECT sum(spend) FROM commerce_order WHERE placed_on BETWEEN %s AND %s"
    assert letter["revenue"] == one(revenue, "2026-06-08", "2026-06-14") == 350
    assert letter["week_before"].then == one(revenue, "2026-06-01", "2026-06-07") == 100
    assert letter["year_before"].then == one(revenue, "2025-06-09", "2025-06-15") == 175
    assert letter["week_before"].percent == 250
    first = """SELECT count(*) FROM (SELECT min(placed_on) AS day FROM commerce_order
        GROUP BY customer_id) AS firsts WHERE day BETWEEN %s AND %s"""
    assert letter["new_customers"] == one(first, "2026-06-08", "2026-06-14") == 1


def test_champions_and_money_at_risk_are_those_plain_sql_counts(shop):
    services.compute_rfm(at=MONDAY)

    letter = read_letter(at=MONDAY)

    risk = """SELECT coalesce(sum(monetary), 0) FROM segments_rfmscore
        WHERE segment IN ('at_risk', 'cant_lose', 'about_to_sleep')"""
    champions = """SELECT 100.0 * count(*) FILTER (WHERE segment = 'champions') / count(*)
        FROM segments_rfmscore"""
    assert letter["at_risk"].revenue == one(risk)
    assert letter["champions_percent"] == pytest.approx(float(one(champions)))


def test_movement_of_the_week_is_the_scores_own_ledger(shop):
    services.compute_rfm(at=on(8))
    run = services.compute_rfm(at=MONDAY)
    ScoreChange.objects.all().delete()
    ids = list(RfmScore.objects.order_by("customer").values_list("customer", flat=True))
    for customer, day, before, after in (
        (ids[0], 9, "lost", "loyal"),
        (ids[0], 12, "loyal", "champions"),  # two moves of one customer are one
        (ids[1], 14, "champions", "at_risk"),
        (ids[1], 7, "loyal", "champions"),  # before the week
        (ids[2], 15, "loyal", "champions"),  # after it
    ):
        ScoreChange.objects.create(
            run=run, customer_id=customer, model="rfm", from_key=before, to_key=after,
            cause="score", on=date(2026, 6, day),
        )  # fmt: skip

    letter = read_letter(at=MONDAY)

    spent = "SELECT monetary FROM segments_rfmscore WHERE customer_id = %s"
    assert letter["movement"] == [
        ("rose", 1, one(spent, ids[0])),
        ("fell", 1, one(spent, ids[1])),
        ("came in", 0, 0),
        ("dropped out", 0, 0),
    ]
    # One champion came and one went: nobody is told of a segment that stayed as it was.
    assert sorted(letter["nets"]) == [("At Risk", 1), ("Lost", -1)]
    assert letter["earlier_on"] == date(2026, 6, 8)


def test_segments_are_told_by_how_much_and_why(shop):
    grown, shrunk, still = segment("Grown", 30), segment("Shrunk", 4), segment("Still", 9)
    changes(grown, 12, entered=True, cause="data", at=on(9))
    changes(grown, 2, entered=False, cause="time", at=on(10))
    changes(grown, 5, entered=True, cause="data", at=on(15, 3))  # after the week
    changes(grown, 7, entered=True, cause="data", at=on(7))  # before it
    changes(shrunk, 6, entered=False, cause="time", at=on(14, 23))
    changes(still, 3, entered=True, cause="data", at=on(9))
    changes(still, 3, entered=False, cause="time", at=on(9))

    letter = read_letter(at=MONDAY)

    (up,), (down,) = letter["grown"], letter["shrunk"]
    assert (up.segment, up.net, up.size, up.percent) == (grown, 10, 25, pytest.approx(66.67, 0.01))
    assert [(why.cause, why.entered, why.left) for why in up.why] == [
        ("data", 12, 0),
        ("time", 0, 2),
    ]
    assert (down.segment, down.net, down.size, down.percent) == (shrunk, -6, 4, -60)
    ledger = """SELECT sum(CASE WHEN entered THEN 1 ELSE -1 END) FROM segments_membershipchange
        WHERE segment_id = %s AND at >= %s AND at < %s"""
    assert up.net == one(ledger, grown.pk, on(8, 0), on(15, 0))


def test_rfm_segments_and_archived_ones_are_not_among_the_movers(shop):
    changes(segment("Rfm", 3, kind="rfm", key="loyal"), 3, entered=True, cause="score", at=on(9))
    changes(segment("Old", 3, state="archived"), 3, entered=True, cause="data", at=on(9))

    assert read_letter(at=MONDAY)["grown"] == []


def test_the_letter_says_it_in_text_and_html_with_links(shop, people):
    row = segment("Grown <b>", 30)
    changes(row, 12, entered=True, cause="data", at=on(9))

    digest_jobs.run_digest(Handle())

    (letter,) = mail.outbox
    html = letter.alternatives[0][0]
    page = f"http://acme.localhost/admin/segments/segment/{row.pk}/change/"
    assert letter.subject == "Acme: your week, 8–14 June"
    assert letter.to == ["owner@acme.test"]
    assert "Revenue: £350.00 (2 orders)" in letter.body
    assert "against the week before: +250 % (£100.00)" in letter.body
    assert "Grown <b>: +12 to 30 (+67 %)" in letter.body
    assert "The customer's own facts changed: 12 came, 0 left" in letter.body
    assert re.sub(r":\d+/", "/", letter.body).count(page) == 1
    assert "Grown &lt;b&gt;" in html
    assert mailing.OFF not in letter.body + html


def test_owners_get_it_and_others_when_they_ask_and_each_once_a_week(shop, people):
    recipients.choose(people["viewer"], is_wanted=True, by=None)

    first = digest_jobs.run_digest(Handle())
    again = digest_jobs.run_digest(Handle(MONDAY + timedelta(hours=2)))

    assert (first["sent"], again["sent"]) == (2, 0)
    assert sorted(row.to[0] for row in mail.outbox) == ["owner@acme.test", "viewer@acme.test"]


def test_a_member_who_left_or_may_see_no_segments_gets_nothing(shop, people):
    recipients.choose(people["viewer"], is_wanted=True, by=None)
    people["viewer"].groups.clear()
    User.objects.filter(pk=people["owner"].pk).update(is_active=False)

    assert digest_jobs.run_digest(Handle())["sent"] == 0
    assert mail.outbox == []


def test_nothing_is_sent_without_a_mail_server_and_the_page_says_so(shop, people, owner, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

    done = digest_jobs.run_digest(Handle())

    assert done == {"recipients": 1, "sent": 0, "mail_is_set_up": False}
    assert not Letter.objects.exists()
    assert (
        "Nothing is sent: no mail server is set up" in owner.get("/admin/digest/").content.decode()
    )


def test_a_refused_letter_is_tried_again_and_no_other_comes_twice(shop, people, monkeypatch):
    recipients.choose(people["viewer"], is_wanted=True, by=None)
    real, refused = mailing.send, []

    def refuse_once(letter, *, to):
        if to == people["viewer"] and not refused:
            refused.append(to)
            raise smtplib.SMTPServerDisconnected
        real(letter, to=to)

    monkeypatch.setattr(mailing, "send", refuse_once)
    with pytest.raises(OSError, match="1 letters were not taken"):
        digest_jobs.run_digest(Handle())
    digest_jobs.run_digest(Handle())

    assert sorted(row.to[0] for row in mail.outbox) == ["owner@acme.test", "viewer@acme.test"]


def test_the_link_at_the_foot_ends_the_letter_without_signing_in(shop, people):
    digest_jobs.run_digest(Handle())
    headers = mail.outbox[0].extra_headers
    path = re.sub(r"^<https?://[^/]+|>$", "", headers["List-Unsubscribe"])
    visitor = Client(headers={"host": "acme.localhost"}, enforce_csrf_checks=True)

    seen = visitor.get(path)
    assert (seen.status_code, recipients.wants(people["owner"])) == (200, True)
    ended = visitor.post(path, {"List-Unsubscribe": "One-Click"})

    assert ended.status_code == 200
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert not recipients.wants(people["owner"])
    digest_jobs.run_digest(Handle(MONDAY + timedelta(weeks=1)))
    assert len(mail.outbox) == 1


def test_a_link_of_another_shop_or_another_member_ends_nothing(shop, people, other_tenant):
    path = recipients.off_path(people["owner"])
    with tenant_context(other_tenant):
        them = make_member("owner@globex.test", role="owner")
        at_globex = Client(headers={"host": "globex.localhost"}).post(path)
        assert recipients.wants(them)
    changed = Client(headers={"host": "acme.localhost"}).post(path.replace("off/", "off/9"))

    assert (at_globex.status_code, changed.status_code) == (404, 404)
    with tenant_context(shop):
        assert recipients.wants(people["owner"])


def test_a_strangers_figures_and_people_are_in_no_other_letter(shop, people, other_tenant):
    with tenant_context(other_tenant):
        make_member("owner@globex.test", role="owner")
        row = segment("Globex secret", 99)
        changes(row, 50, entered=True, cause="data", at=on(9))
        done = digest_jobs.run_digest(Handle())
        their_own = mail.outbox.pop()
    with tenant_context(shop):
        digest_jobs.run_digest(Handle())

    (ours,) = mail.outbox
    assert (done["sent"], their_own.to) == (1, ["owner@globex.test"])
    assert "Globex" not in ours.body + ours.alternatives[0][0]
    assert "350.00" not in their_own.body
    assert ours.to == ["owner@acme.test"]


def test_the_letter_takes_as_many_queries_with_many_segments(shop):
    services.compute_rfm(at=MONDAY)
    changes(segment("First", 3), 3, entered=True, cause="data", at=on(9))
    with CaptureQueriesContext(connection) as few:
        as_mail(read_letter(at=MONDAY))
    for number in range(20):
        row = segment(f"More {number}", 9)
        changes(row, number + 1, entered=number % 2 == 0, cause="data", at=on(9))

    with CaptureQueriesContext(connection) as many:
        as_mail(read_letter(at=MONDAY))

    assert len(many) == len(few)


def test_a_shop_without_data_gets_a_letter_that_says_so(tenant):
    shown = as_mail(read_letter(at=MONDAY))

    assert "There is nothing to tell yet" in shown.text
    assert "There is nothing to tell yet" in shown.html


def test_a_viewer_reads_the_preview_and_says_their_own_word(shop, member):
    viewer = member("viewer")
    row = segment("Fresh", 4)
    changes(row, 4, entered=True, cause="data", at=timezone.now() - timedelta(days=2))

    page = viewer.get("/admin/digest/").content.decode()
    letter = viewer.get("/admin/digest/?part=letter").content.decode()
    viewer.post("/admin/digest/", {"wants": "yes", "from": "profile"})

    assert "You do not get the letter" in page
    assert "Fresh: +4 to 4" in letter
    assert recipients.wants(User.objects.get(username="viewer@acme.test"))
    assert "Stop the letter" in viewer.get("/admin/profile/").content.decode()


def test_nobody_reads_the_preview_without_signing_in_or_from_next_door(shop, other_tenant):
    with tenant_context(shop):
        segment("Secret", 4)
    with tenant_context(other_tenant):
        stranger = sign_in(other_tenant, User.objects.create_superuser("them", "t@globex.test"))
        letter = stranger.get("/admin/digest/?part=letter").content.decode()

    assert "Secret" not in letter
    assert Client(headers={"host": "acme.localhost"}).get("/admin/digest/").status_code == 302


def test_the_letter_tells_the_goals(shop):
    save_goal(
        Goal(), figure="revenue", direction="least", target=Decimal(400), segment=None, by=None,
        at=MONDAY,
    )  # fmt: skip

    shown = as_mail(read_letter(at=MONDAY))

    assert "[missed] Revenue a week at least £400.00; now £350.00" in shown.text
    assert "✗ missed" in shown.html
