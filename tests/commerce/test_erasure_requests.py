"""Wishes about one's data, from being asked to the proof; what the pages let whom do."""

import json
import zipfile
from datetime import timedelta

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import User
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from commerce.erasure import exports, requests, shops
from commerce.erasure.parts import PARTS, Part
from commerce.ingest import EventRecord, Ingest, OrderRecord, PersonRecord, ingest
from commerce.models import Customer, CustomerIdentity, ErasedPrint, Event, Order, PrivacyRequest
from tenants import jobs
from tests.commerce.factories import NOON, CustomerFactory, CustomerIdentityFactory, OrderFactory
from tests.conftest import sign_in

SHOP = "shopify:acme-shop"
Kind, State = PrivacyRequest.Kind, PrivacyRequest.State


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.FILES_ROOT = tmp_path


@pytest.fixture
def ann(tenant) -> Customer:
    customer = CustomerFactory(email="ann@example.test", first_name="Ann")
    CustomerIdentityFactory(customer=customer, source=SHOP, external_id="100200")
    OrderFactory(customer=customer, source=SHOP)
    return customer


def test_a_copy_holds_everything_and_can_be_downloaded_for_a_week(owner, ann):
    asked = requests.ask(Kind.EXPORT, customer=ann.pk, at=timezone.now())

    run = jobs.run_now(requests.JOB)

    asked.refresh_from_db()
    assert (asked.state, run.counts["done"]) == (State.DONE, 1)
    response = owner.get(reverse("admin:privacy_file", args=[asked.pk]))
    path = exports.path_of(asked, at=timezone.now())
    assert b"".join(response.streaming_content) == path.read_bytes()
    with zipfile.ZipFile(path) as file:
        told = json.loads(file.read("customer.json"))
    assert told["facts"]["profile"][0]["email"] == "ann@example.test"
    assert told["facts"]["orders"][0]["total"] == "100.0000"
    assert told["facts"]["ids"][0]["external_id"] == "100200"
    asked.refresh_from_db()
    assert asked.downloads == 1
    assert LogEntry.objects.filter(additional_data__what="download_privacy_file").count() == 1


def test_a_copy_is_gone_when_its_week_is_over(owner, ann):
    asked = requests.ask(Kind.EXPORT, customer=ann.pk, at=timezone.now())
    jobs.run_now(requests.JOB)
    asked.refresh_from_db()
    path = exports.path_of(asked, at=timezone.now())
    PrivacyRequest.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    response = owner.get(reverse("admin:privacy_file", args=[asked.pk]))

    assert response.status_code == 404
    with_commit = jobs.run_now  # the file goes after the commit
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.db.transaction.on_commit", lambda work, **_: work())
        with_commit(requests.JOB)
    assert not path.exists()


def test_an_erasure_deletes_copies_and_leaves_a_proof_that_names_nobody(ann):
    copy = requests.ask(Kind.EXPORT, customer=ann.pk, at=timezone.now())
    jobs.run_now(requests.JOB)
    asked = requests.ask(Kind.ERASURE, customer=ann.pk, at=timezone.now())

    jobs.run_now(requests.JOB)

    asked.refresh_from_db()
    copy.refresh_from_db()
    assert (asked.state, asked.counts["customers"], asked.error) == (State.DONE, 1, "")
    assert copy.file == ""
    proof = json.dumps(list(PrivacyRequest.objects.values()), default=str)
    proof += json.dumps(list(LogEntry.objects.values("additional_data", "changes")), default=str)
    assert "ann" not in proof.casefold()
    assert "100200" not in proof


def test_asking_twice_is_one_wish(ann):
    now = timezone.now()
    first = requests.ask(Kind.ERASURE, customer=ann.pk, at=now, source=SHOP, reference="r1")

    again = requests.ask(Kind.ERASURE, customer=ann.pk, at=now, source=SHOP, reference="r1")

    assert again == first
    assert requests.ask(Kind.EXPORT, customer=ann.pk, at=now) == requests.ask(
        Kind.EXPORT, customer=ann.pk, at=now
    )
    assert PrivacyRequest.objects.count() == 2


def test_somebody_unknown_whom_a_platform_wants_erased_is_kept_away(tenant):
    asked = requests.ask_erasure_of(
        "555777", email="new@example.test", source=SHOP, reference="r9", at=timezone.now()
    )

    assert asked.state == State.NOBODY
    person = PersonRecord(external_id="555777", source_at=NOON, email="new@example.test")
    done = ingest([person], how=Ingest(source=SHOP, today=NOON.date()))
    assert (done.customers_new, Customer.objects.count()) == (0, 0)


def test_one_wish_that_fails_does_not_stop_the_others(ann):
    bob = CustomerFactory(email="bob@example.test")

    def refuse(cursor, people, moment):
        if ann.pk in people.customers:
            raise RuntimeError("ann@example.test")
        return 0

    PARTS.register(Part("broken", "Broken", refuse, lambda people: None))
    try:
        for customer in (ann, bob):
            requests.ask(Kind.ERASURE, customer=customer.pk, at=timezone.now())
        with pytest.raises(jobs.JobFailed, match="1 request about customers' data"):
            jobs.run_now(requests.JOB)
    finally:
        del PARTS._entries["broken"]

    first, second = PrivacyRequest.objects.order_by("pk")
    assert (first.state, second.state) == (State.WAITING, State.DONE)
    assert first.error == "Could not be done this time. It is tried again within the hour."
    ann.refresh_from_db()
    assert (ann.email, ann.erased_at) == ("ann@example.test", None)


@pytest.fixture
def shop(tenant) -> list[Customer]:
    """Three customers of a shop; a file knows the last of them too."""
    people = [
        PersonRecord(external_id=f"70010{n}", source_at=NOON, email=f"p{n}@example.test")
        for n in range(3)
    ]
    orders = [
        OrderRecord(external_id=f"O{n}", placed_at=NOON, source_at=NOON, person=f"70010{n}")
        for n in range(3)
    ]
    event = EventRecord(external_id="E", name="visit", occurred_at=NOON, person="700102")
    ingest([*people, *orders, event], how=Ingest(source=SHOP, today=NOON.date()))
    found = list(Customer.objects.order_by("email"))
    CustomerIdentityFactory(customer=found[2], source="csv", external_id="C3")
    OrderFactory(customer=found[2])
    return found


@pytest.fixture
def platform():
    """Shopify, that says of no shop that it is back."""
    back: set[str] = set()
    known = shops.PLATFORMS._entries.pop("shopify", None)
    mine = shops.Platform("shopify", "Shopify", back.__contains__, lambda source: {"store": 1})
    shops.PLATFORMS.register(mine)
    yield back
    del shops.PLATFORMS._entries["shopify"]
    if known:
        shops.PLATFORMS.register(known)


def test_a_shop_that_went_is_forgotten_after_two_days(shop, platform, monkeypatch):
    monkeypatch.setattr(shops, "PAGE", 2)
    now = timezone.now()
    asked = requests.ask_shop(SHOP, not_before=now + timedelta(hours=48), at=now)
    jobs.run_now(requests.JOB)
    assert Customer.objects.filter(erased_at=None).count() == 3  # not yet

    requests.ask_shop(SHOP, not_before=now - timedelta(seconds=1), at=now)
    jobs.run_now(requests.JOB)

    asked.refresh_from_db()
    assert (asked.state, asked.counts["customers"], asked.counts["kept"]) == (State.DONE, 2, 1)
    assert asked.counts["store"] == 1
    assert not CustomerIdentity.objects.filter(source=SHOP).exists()
    assert set(Order.objects.filter(source=SHOP).values_list("customer", flat=True)) == {None}
    assert list(Order.objects.filter(source="csv").values_list("customer", flat=True)) == [
        shop[2].pk
    ]
    assert not Event.objects.exists()
    assert not ErasedPrint.objects.exists()  # the shop may come back


def test_a_shop_that_is_connected_again_keeps_its_data(shop, platform):
    now = timezone.now()
    requests.ask_shop(SHOP, not_before=now - timedelta(seconds=1), at=now)
    platform.add(SHOP)

    jobs.run_now(requests.JOB)

    assert PrivacyRequest.objects.get().state == State.CANCELLED
    assert Customer.objects.filter(erased_at=None).count() == 3


def test_calling_off_keeps_the_data(shop, platform):
    now = timezone.now()
    requests.ask_shop(SHOP, not_before=now + timedelta(hours=48), at=now)

    assert requests.call_off_shop(SHOP, at=now)

    assert not requests.call_off_shop(SHOP, at=now)
    assert PrivacyRequest.objects.get().state == State.CANCELLED


def test_nobody_is_erased_before_the_number_is_typed(owner, ann):
    address = reverse("admin:customer_privacy", args=[ann.pk])

    refused = owner.post(address, {"step": "erasure", "typed": "yes"})

    assert refused.status_code == 422
    assert f"Type the customer&#x27;s number, {ann.pk}, to confirm." in refused.text
    assert not PrivacyRequest.objects.exists()
    owner.post(address, {"step": "erasure", "typed": str(ann.pk)})
    assert PrivacyRequest.objects.get().asked_by.email == "owner@acme.test"
    assert "Being erased" in owner.get(address).text
    jobs.run_now(requests.JOB)
    page = owner.get(reverse("admin:commerce_customer_change", args=[ann.pk])).text
    assert "ann@example.test" not in page
    assert "The proof" in page


def test_the_privacy_page_finds_who_asks_and_shows_the_log(owner, ann):
    page = reverse("admin:privacy")
    assert "Nobody has asked yet" in owner.get(page).text

    found = owner.post(page, {"step": "find", "email": "ANN@example.test"})

    assert found.url == reverse("admin:customer_privacy", args=[ann.pk])
    nobody = owner.post(page, {"step": "find", "email": "x@example.test"}, follow=True)
    assert "Nobody here has this address." in nobody.text
    requests.ask(Kind.ERASURE, customer=ann.pk, at=timezone.now() - timedelta(days=31))
    assert "1 request should have been done by now" in owner.get(page).text
    jobs.run_now(requests.JOB)
    let_in = owner.post(page, {"step": "let_in", "email": "ann@example.test"}, follow=True)
    assert "Let in." in let_in.text
    assert not LogEntry.objects.filter(additional_data__icontains="ann@").exists()


def test_a_marketer_gets_nothing(member, ann):
    marketer = member("marketer")

    for name, args in (("privacy", []), ("customer_privacy", [ann.pk]), ("privacy_file", [1])):
        assert marketer.get(reverse(f"admin:{name}", args=args)).status_code == 403
    page = marketer.get(reverse("admin:commerce_customer_change", args=[ann.pk])).text
    assert "Copy or erase" not in page


def test_the_neighbour_finds_no_such_customer_and_no_such_file(tenant, other_tenant):
    connection.set_tenant(tenant)
    ann = CustomerFactory(email="ann@example.test")
    asked = requests.ask(Kind.EXPORT, customer=ann.pk, at=timezone.now())
    jobs.run_now(requests.JOB)
    connection.set_tenant(other_tenant)
    stranger = sign_in(other_tenant, User.objects.create_superuser("stranger", "s@globex.test"))

    for name, pk in (("customer_privacy", ann.pk), ("privacy_file", asked.pk)):
        address = reverse(f"admin:{name}", args=[pk], urlconf="config.urls")
        assert stranger.get(address).status_code == 404
    page = stranger.post(
        reverse("admin:privacy", urlconf="config.urls"),
        {"step": "find", "email": "ann@example.test"},
        follow=True,
    )
    assert "Nobody here has this address." in page.text


def test_a_run_without_wishes_does_nothing(tenant):
    counts = jobs.run_now(requests.JOB).counts

    assert counts == {"files_deleted": 0, "done": 0, "looked_again": 0}
