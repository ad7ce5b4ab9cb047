"""The team page: roles, seats, invitations, and what each of them leaves in the audit."""

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenants.access import members
from tenants.access.models import Invitation
from tenants.access.roles import ROLES, make_roles, role_of
from tests.conftest import sign_in
from tests.tenants.mails import deliver

pytestmark = pytest.mark.usefixtures("tenant")


@pytest.fixture
def boss(tenant) -> Client:
    return sign_in(tenant, members.make_member("boss@acme.test", role="owner", name="Bo Boss"))


def told() -> list[dict]:
    rows = LogEntry.objects.exclude(additional_data=None).order_by("pk")
    return [
        row for row in rows.values_list("additional_data", flat=True) if row["what"] != "sign_in"
    ]


def post(client: Client, user: User, **data: str) -> str:
    page = client.post(f"/admin/team/{user.pk}/", data, follow=True)
    return page.content.decode()


@pytest.mark.parametrize("role", ROLES.values(), ids=ROLES)
def test_every_named_permission_exists(role):
    known = {
        f"{p.content_type.app_label}.{p.codename}" for p in Permission.objects.select_related()
    }

    assert role.permissions - known == set()


def test_roles_are_brought_back_in_step():
    viewer = Group.objects.get(name="viewer")
    viewer.permissions.set(Permission.objects.filter(codename="manage_team"))

    make_roles()

    names = {f"{p.content_type.app_label}.{p.codename}" for p in viewer.permissions.all()}
    assert names == ROLES["viewer"].permissions


def test_only_owners_export_and_viewers_see_no_contact_details():
    may = {key: role.permissions for key, role in ROLES.items()}

    owners_own = {"access.export_data", "commerce.export_customer", "access.manage_privacy"}
    owners_own |= {"access.manage_keys", "access.manage_team", "access.view_audit"}
    assert [key for key in may if may[key] & owners_own] == ["owner"]
    assert [key for key in may if "commerce.view_contact_details" not in may[key]] == ["viewer"]


def test_inviting_has_a_mail_sent_and_shows_the_link_once(boss):
    page = boss.post("/admin/team/", {"email": "kim@acme.test", "role": "marketer"})

    link = page.context["link"]
    assert link in page.content.decode()
    assert mail.outbox == []  # no page waits for a mail server
    deliver()
    assert [m.to for m in mail.outbox] == [["kim@acme.test"]]
    assert link in mail.outbox[0].body
    assert link not in boss.get("/admin/team/").content.decode()
    assert told() == [{"what": "invite", "role": "marketer"}]


def test_a_wrong_address_is_named_beside_its_box(boss):
    page = boss.post("/admin/team/", {"email": "kim", "role": "viewer"})

    assert page.context["form"].errors["email"] == ["Enter a valid email address."]
    assert Invitation.objects.count() == 0


def test_a_role_is_changed(boss):
    kim = members.make_member("kim@acme.test", role="viewer")

    post(boss, kim, what="role", role="marketer")

    assert role_of(User.objects.get(pk=kim.pk)).key == "marketer"
    assert told() == [{"what": "change_role", "old": "viewer", "new": "marketer"}]


@pytest.mark.parametrize("data", [{"what": "deactivate"}, {"what": "role", "role": "viewer"}])
def test_the_last_owner_stays(boss, data):
    me = User.objects.get(username="boss@acme.test")

    page = post(boss, me, **data)

    assert "A shop needs an owner" in page
    me.refresh_from_db()
    assert (me.is_active, role_of(me).key) == (True, "owner")
    assert told() == []


def test_one_of_two_owners_may_go_and_is_signed_out_at_once(boss, tenant):
    other = members.make_member("second@acme.test", role="owner")
    their_session = sign_in(tenant, other)

    post(boss, other, what="deactivate")

    assert their_session.get("/admin/").status_code == 302
    assert told() == [{"what": "deactivate"}]


def test_a_seat_is_given_back(boss):
    kim = members.make_member("kim@acme.test", role="viewer")
    members.deactivate(kim, by=None)

    post(boss, kim, what="reactivate")

    kim.refresh_from_db()
    assert kim.is_active


def test_a_withdrawn_invitation_leaves_the_list(boss):
    boss.post("/admin/team/", {"email": "kim@acme.test", "role": "viewer"})
    invitation = Invitation.objects.get()

    boss.post(f"/admin/team/invitations/{invitation.pk}/withdraw/")

    assert boss.get("/admin/team/").context["waiting"] == []


def test_the_page_asks_the_database_as_often_for_ten_as_for_one(boss, django_assert_num_queries):
    with CaptureQueriesContext(connection) as for_one:
        boss.get("/admin/team/")
    for number in range(9):
        members.make_member(f"kim{number}@acme.test", role="viewer")

    with django_assert_num_queries(len(for_one)):
        page = boss.get("/admin/team/")

    assert len(page.context["people"]) == 10


def test_a_member_changes_their_own_name_and_nothing_else(member):
    kim = member("viewer")

    kim.post("/admin/profile/", {"first_name": "Kim", "last_name": "Roe", "is_superuser": "on"})

    user = User.objects.get(username="viewer@acme.test")
    assert (user.get_full_name(), user.is_superuser, role_of(user).key) == (
        "Kim Roe",
        False,
        "viewer",
    )


def test_a_stranger_is_sent_to_sign_in(other_tenant):
    stranger = Client(headers={"host": "globex.localhost"})
    connection.set_tenant(other_tenant)
    user = members.make_member("boss@globex.test", role="owner")
    stranger.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    at_home = stranger.get("/admin/team/")

    away = stranger.get("/admin/team/", headers={"host": "acme.localhost"})

    assert at_home.status_code == 200
    assert (away.status_code, away.url) == (302, "/admin/login/?next=/admin/team/")
