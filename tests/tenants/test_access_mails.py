"""Mails to the team: sent by a worker, tried for a day, their state on the team page."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from tenants import jobs
from tenants.access import invitations, mails, members
from tenants.access.models import Invitation, Mail
from tenants.models import Run
from tests.conftest import sign_in
from tests.tenants.mails import deliver, queued

pytestmark = pytest.mark.usefixtures("tenant")
NOW = timezone.now()


@pytest.fixture
def boss(tenant) -> Client:
    return sign_in(tenant, members.make_member("boss@acme.test", role="owner", name="Bo Boss"))


@pytest.fixture
def kim(boss):
    return members.make_member("kim@acme.test", role="viewer", password="the-forgotten-one")


@pytest.fixture
def server(monkeypatch):
    """A mail server that answers as the test says: `server(OSError("away"))`."""
    answers, asked = [], []

    def send_mail(subject, text, sender, to):
        asked.append(text)
        if answers:
            raise answers[0]

    monkeypatch.setattr(mails, "send_mail", send_mail)

    def answer(error=None):
        answers[:] = [error] if error else []
        return asked

    return answer


def invite() -> Mail:
    invitations.invite("kim@acme.test", role="viewer", by=None, is_mailed=True)
    return Mail.objects.get()


def page(client: Client) -> str:
    return " ".join(client.get("/admin/team/").content.decode().split())


def test_a_link_stands_encrypted_until_it_is_sent_and_then_nowhere():
    _, link = invitations.invite("kim@acme.test", role="viewer", by=None, is_mailed=True)
    token = link.rstrip("/").rsplit("/", 1)[1]
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM access_mail")
        (stored,) = cursor.fetchone()

    deliver()

    assert token not in stored
    assert len(stored) > len(token)
    assert (Mail.objects.get().state, Mail.objects.get().secret) == ("sent", "")
    assert link in mail.outbox[0].body


def test_a_server_that_is_away_is_asked_again_for_a_day(server):
    server(ConnectionRefusedError())
    waiting, waits = invite(), []

    while (again := mails.send(waiting, at=NOW)) is not None:
        waits.append((again - NOW) // timedelta(minutes=1))
        waiting.refresh_from_db()

    assert waits == [1, 5, 15, 60, 180, 360, 720]
    assert sum(waits) > 22 * 60
    waiting.refresh_from_db()
    assert (waiting.state, waiting.attempts, waiting.error) == ("failed", 8, mails.AWAY)
    assert waiting.secret  # it may be sent again


def test_the_run_waits_in_the_database_and_goes_on(server):
    asked = server(TimeoutError())
    invite()

    deliver()

    (run,) = queued()
    assert run.not_before > timezone.now()
    assert (run.state, Mail.objects.get().state) == (Run.State.QUEUED, "waiting")
    with jobs.schema_context("public"):
        Run.objects.update(not_before=None)
    server()
    deliver()
    assert (len(asked), Mail.objects.get().state) == (2, "sent")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            smtplib.SMTPRecipientsRefused({"kim@acme.test": (550, b"no such user")}),
            "The mail server refuses this address (550).",
        ),
        (
            smtplib.SMTPDataError(554, b"spam"),
            "The mail server refuses our mail (554).",
        ),
    ],
)
def test_what_a_server_refuses_for_good_is_not_tried_again(server, boss, error, words):
    server(error)
    invite()

    deliver()

    assert (Mail.objects.get().state, Mail.objects.get().error) == ("failed", words)
    assert queued() == []
    assert words in page(boss)


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPRecipientsRefused({"kim@acme.test": (450, b"greylisted")}),
        smtplib.SMTPDataError(451, b"later"),
        smtplib.SMTPServerDisconnected(),
    ],
)
def test_what_a_server_refuses_for_now_is(server, error):
    server(error)
    invite()

    deliver()

    assert Mail.objects.get().state == "waiting"
    assert len(queued()) == 1


def test_the_team_page_says_how_each_one_stands(server, boss):
    server(OSError())
    invite()
    assert "not sent yet" in page(boss)
    assert "Send again" not in page(boss)

    deliver()

    assert "The mail server could not be reached. It is tried again by itself." in page(boss)
    assert "Send again" in page(boss)


def test_sending_again_tries_the_same_link_at_once(server, boss):
    server(smtplib.SMTPDataError(554, b"spam"))
    failed = invite()
    deliver()
    asked = server()

    boss.post(f"/admin/team/mails/{failed.pk}/again/")
    deliver()

    assert asked[0] == asked[1]
    assert Mail.objects.get().state == "sent"
    assert Invitation.objects.count() == 1


def test_sending_again_what_was_sent_makes_a_new_link(server, boss):
    asked = server()
    sent = invite()
    deliver()

    told = boss.post(f"/admin/team/mails/{sent.pk}/again/", follow=True).content.decode()
    deliver()

    assert "the older one no longer works" in told
    assert asked[0] != asked[1]
    assert invitations.open_invitations().count() == 1
    assert Invitation.objects.filter(withdrawn_at=None).count() == 1


def test_an_invitation_that_is_over_is_not_sent_and_not_renewed(server, boss):
    asked = server()
    needless = invite()
    invitations.withdraw(Invitation.objects.get(), by=None)
    deliver()

    boss.post(f"/admin/team/mails/{needless.pk}/again/")

    assert asked == []
    assert Mail.objects.get().state == "needless"
    assert Invitation.objects.count() == 1


def test_asking_ten_times_for_a_new_password_is_one_mail(server, kim):
    asked = server(OSError())
    for _ in range(3):
        Client(headers={"host": "acme.localhost"}).post(
            "/password/reset/", {"email": "kim@acme.test"}
        )
    deliver()

    assert (Mail.objects.count(), len(queued()), len(asked)) == (1, 1, 1)


def test_a_run_that_somebody_cancelled_does_not_end_it(kim):
    mails.post_new_password(kim)
    jobs.cancel(queued()[0])

    mails.post_new_password(kim)
    deliver()

    assert [m.to for m in mail.outbox] == [["kim@acme.test"]]


def test_a_member_without_a_seat_gets_no_link(kim):
    mails.post_new_password(kim)
    members.deactivate(kim, by=None)

    deliver()

    assert (mail.outbox, Mail.objects.get().state) == ([], "needless")


def test_the_owner_sees_a_password_link_that_could_not_be_sent(server, boss, kim):
    server(smtplib.SMTPRecipientsRefused({"kim@acme.test": (550, b"no")}))
    mails.post_new_password(kim)
    deliver()
    failed = Mail.objects.get()
    assert "Link for a new password:" in page(boss)
    asked = server()

    boss.post(f"/admin/team/mails/{failed.pk}/again/")
    deliver()

    assert len(asked) == 2
    assert Mail.objects.first().state == "sent"


def test_a_mail_of_acme_is_unknown_to_a_stranger(tenant, other_tenant):
    connection.set_tenant(tenant)
    ours = invite()
    connection.set_tenant(other_tenant)
    stranger = Client(headers={"host": "globex.localhost"})
    user = members.make_member("boss@globex.test", role="owner")
    stranger.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    answer = stranger.post(f"/admin/team/mails/{ours.pk}/again/")

    assert answer.status_code == 404
    assert Mail.objects.count() == 0
