"""From an invitation to a seat, and from a forgotten password to a new one."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.utils import timezone

from tenants.access import invitations, members, set_up
from tenants.access.models import Invitation
from tenants.access.roles import role_of
from tenants.schema import connection
from tests.tenants.mails import deliver, queued

PASSWORD = "a-long-enough-sentence"


def host(slug: str) -> Client:
    return Client(headers={"host": f"{slug}.localhost"})


def path_of(link: str) -> str:
    return "/" + link.split("/", 3)[3]


def accept(client: Client, link: str, password: str = PASSWORD):
    return client.post(
        path_of(link),
        {"name": "Robin Doe", "new_password1": password, "new_password2": password},
    )


@pytest.fixture
def link(tenant) -> str:
    return invitations.invite("Robin@Acme.test", role="marketer", by=None)[1]


def test_an_invitation_gives_the_seat_and_signs_in(link):
    client = host("acme")

    page = client.get(path_of(link))
    joined = accept(client, link)

    assert link.startswith("http://acme.localhost")
    assert (page.status_code, joined.status_code, joined.url) == (200, 302, "/admin/")
    robin = User.objects.get()
    assert (robin.username, robin.get_full_name()) == ("robin@acme.test", "Robin Doe")
    assert role_of(robin).key == "marketer"
    assert (robin.is_staff, robin.is_superuser) == (True, False)
    assert robin.password.startswith("argon2")
    assert client.get("/admin/").status_code == 200


def test_only_a_hash_of_the_link_is_kept(link):
    row = Invitation.objects.values().get()

    assert not any(str(value) in link for value in row.values() if len(str(value)) > 10)


@pytest.mark.parametrize("password", ["short", "12345678901234567", "robin@acme.test"])
def test_a_weak_password_is_refused_and_the_link_stays_good(link, password):
    answer = accept(host("acme"), link, password)

    assert answer.status_code == 200
    assert User.objects.count() == 0
    assert accept(host("acme"), link).status_code == 302


def refused(client: Client, link: str) -> str:
    """Return why the link was refused, having seen that nobody joined."""
    before = User.objects.count()
    page = accept(client, link)
    assert page.status_code == 410
    assert User.objects.count() == before
    return re.search(r"<p>(.*?)</p>", page.content.decode()).group(1)


def test_a_used_link_is_refused(link):
    accept(host("acme"), link)

    assert "used already" in refused(host("acme"), link)


def test_an_expired_link_is_refused(link):
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert "expired" in refused(host("acme"), link)


def test_a_newer_invitation_replaces_the_older(link):
    newer = invitations.invite("robin@acme.test", role="viewer", by=None)[1]

    assert "withdrawn" in refused(host("acme"), link)
    assert accept(host("acme"), newer).status_code == 302


def test_an_altered_link_is_refused(link):
    assert "incomplete" in refused(host("acme"), link[:-4] + "AAA/")


def test_a_link_of_acme_is_refused_at_globex(link, other_tenant):
    page = accept(host("globex"), link)

    assert page.status_code == 410
    connection.set_tenant(other_tenant)
    assert User.objects.count() == 0


def test_a_member_is_not_invited_twice(tenant):
    members.make_member("kim@acme.test", role="viewer")

    with pytest.raises(members.RefusedError, match="already in the team"):
        invitations.invite("KIM@acme.test", role="owner", by=None)

    assert Invitation.objects.count() == 0


def test_a_deactivated_member_comes_back_by_invitation(tenant):
    kim = members.make_member("kim@acme.test", role="viewer")
    members.deactivate(kim, by=None)
    link = invitations.invite("kim@acme.test", role="marketer", by=None)[1]

    accept(host("acme"), link)

    kim.refresh_from_db()
    assert (kim.is_active, role_of(kim).key) == (True, "marketer")
    assert User.objects.count() == 1


def test_the_first_owner_is_invited_with_the_roles_made(tenant):
    link = invitations.invite_owner("owner@acme.test")

    accept(host("acme"), link)

    assert role_of(User.objects.get()).key == "owner"


def forgotten_link(client: Client) -> str:
    client.post("/password/reset/", {"email": "kim@acme.test"})
    deliver()
    return re.search(r"http://acme.localhost\S*?(/password/\S+)", mail.outbox[-1].body).group(1)


def test_a_forgotten_password_is_set_by_mail_once(tenant):
    members.make_member("Kim@acme.test", role="viewer", password="the-forgotten-one")
    client = host("acme")
    link = forgotten_link(client)

    form = client.get(link, follow=True)
    answer = client.post(
        form.request["PATH_INFO"], {"new_password1": PASSWORD, "new_password2": PASSWORD}
    )

    assert answer.status_code == 302
    assert User.objects.get().check_password(PASSWORD)
    assert b"was used already" in host("acme").get(link, follow=True).content


def test_a_password_link_of_acme_is_refused_at_globex(tenant, other_tenant):
    connection.set_tenant(other_tenant)
    User.objects.create(username="kim@globex.test", is_staff=True)
    connection.set_tenant(tenant)
    kim = members.make_member("kim@acme.test", role="viewer", password="the-forgotten-one")
    link = forgotten_link(host("acme"))
    connection.set_tenant(other_tenant)
    User.objects.update(id=kim.pk, password=kim.password, email=kim.email, last_login=None)

    page = host("globex").get(link, follow=True)

    assert b"belongs to another shop" in page.content


def test_the_answer_is_the_same_for_strangers_and_nothing_is_sent(tenant):
    answer = host("acme").post("/password/reset/", {"email": "nobody@acme.test"}, follow=True)

    assert b"Look into your mailbox" in answer.content
    assert queued() == []


def test_a_new_merchant_gets_its_roles_and_its_owners_link(tenant):
    tenant.owner_email = "first@acme.test"

    handover = set_up.open_doors(tenant)
    again = set_up.open_doors(tenant)  # a set-up that was interrupted begins again

    assert "withdrawn" in refused(host("acme"), handover["invitation"])
    assert accept(host("acme"), again["invitation"]).status_code == 302
    assert role_of(User.objects.get()).key == "owner"
    deliver()
    assert mail.outbox == []  # the first link was withdrawn, and the second is used already
