"""The hosts a merchant answers on: added, chosen for links, removed by the platform's staff."""

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client

from tenants.addresses import merchant_url
from tenants.models import Domain, Tenant


@pytest.fixture
def acme(db, settings) -> Tenant:
    settings.ALLOWED_HOSTS = ["localhost", ".localhost", "shop.example.com"]
    connection.set_schema_to_public()
    return Tenant.objects.get(schema_name="acme")


@pytest.fixture
def staff(acme) -> Client:
    return signed_in(User.objects.create_superuser("root", "root@platform.test"))


def signed_in(user: User) -> Client:
    client = Client(headers={"host": "localhost"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def send(client: Client, tenant: Tenant, what: str, **values: object) -> str:
    address = f"/admin/tenants/tenant/{tenant.pk}/{what}/"
    return client.post(address, values, follow=True).content.decode()


def hosts(tenant: Tenant) -> list[str]:
    return list(tenant.domains.order_by("pk").values_list("domain", flat=True))


def test_a_merchant_answers_on_a_host_of_its_own(staff, acme):
    page = send(staff, acme, "host", host="Shop.Example.com.")

    assert "Acme answers on shop.example.com too." in page
    assert hosts(acme) == ["acme.localhost", "shop.example.com"]
    answer = Client(headers={"host": "shop.example.com"}).get("/admin/login/")
    assert (answer.status_code, "Acme" in answer.content.decode()) == (200, True)


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("https://shop.example.com/", "Write a host alone"),
        ("shop", "Write a host alone"),
        ("-a.example.com", "Write a host alone"),
        ("other.localhost", "Hosts under localhost are given by the slug"),
        ("localhost", "Write a host alone"),
        ("globex.localhost", "Hosts under localhost"),
        ("elsewhere.example.com", "is not among ALLOWED_HOSTS"),
    ],
)
def test_a_host_that_cannot_be_is_refused_in_words(staff, acme, host, words):
    assert words in send(staff, acme, "host", host=host)
    assert hosts(acme) == ["acme.localhost"]


def test_no_two_merchants_answer_on_one_host(staff, acme):
    globex = Tenant.objects.get(schema_name="globex")
    Domain.objects.create(domain="shop.example.com", tenant=globex, is_primary=False)

    page = send(staff, acme, "host", host="shop.example.com")

    assert "A merchant answers on shop.example.com already." in page
    assert hosts(acme) == ["acme.localhost"]


def test_links_name_the_chosen_host_and_that_one_stays(staff, acme):
    send(staff, acme, "host", host="shop.example.com")
    added = Domain.objects.get(domain="shop.example.com")

    send(staff, acme, "host", primary=added.pk)
    page = send(staff, acme, "host", remove=added.pk)

    assert "shop.example.com" in merchant_url("/", schema="acme")
    assert "Links in mails name shop.example.com. Choose another" in page


def test_a_host_no_link_names_is_removed(staff, acme):
    send(staff, acme, "host", host="shop.example.com")
    added = Domain.objects.get(domain="shop.example.com")

    send(staff, acme, "host", remove=added.pk)

    assert hosts(acme) == ["acme.localhost"]


def test_another_merchants_host_cannot_be_removed_through_this_one(staff, acme):
    globex = Tenant.objects.get(schema_name="globex")
    theirs = Domain.objects.create(domain="shop.example.com", tenant=globex, is_primary=False)

    page = send(staff, acme, "host", remove=theirs.pk)

    assert "That host is gone already." in page
    assert Domain.objects.filter(pk=theirs.pk).exists()


def test_the_platform_renames_a_merchant(staff, acme):
    page = send(staff, acme, "rename", name="Acme Organics", industry="retail")

    acme.refresh_from_db()
    assert "Acme Organics is saved." in page
    assert (acme.name, acme.industry) == ("Acme Organics", "retail")


def test_who_may_only_look_changes_nothing(acme):
    user = User.objects.create_user("looker", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_tenant"))
    client = signed_in(user)

    for what, values in (("host", {"host": "shop.example.com"}), ("rename", {"name": "X"})):
        address = f"/admin/tenants/tenant/{acme.pk}/{what}/"
        assert client.post(address, values).status_code == 403

    acme.refresh_from_db()
    assert (acme.name, hosts(acme)) == ("Acme", ["acme.localhost"])
