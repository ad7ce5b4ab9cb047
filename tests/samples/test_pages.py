"""The samples page, its filters and file; the notes on a customer's and an order's page."""

from datetime import timedelta
from decimal import Decimal

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import tenant_context

from commerce.ingest import PersonRecord
from commerce.models import Customer, Order
from samples.models import SampleDecision, SampleFilter, SampleOrder
from tests.conftest import sign_in
from tests.samples.stores import LATER, NOON, line, order, take

pytestmark = pytest.mark.usefixtures("tenant")
LIST = "/admin/samples/"
HOUR = timedelta(hours=1)


@pytest.fixture
def store(tenant):
    """Four samples of two types, in four states, of a customer and of guests."""
    take(
        PersonRecord(external_id="p1", source_at=NOON, first_name="Mira", last_name="Sol",
                     email="mira@example.test"),
        order("A1", person="p1", tags=["ugc"], lines=[line(unit_cost=Decimal(3))]),
        order("A2", email="guest@example.test", tags=["tiktok-sample"], items_total=Decimal(0),
              total=Decimal(0), placed_at=LATER, fulfillment_status="fulfilled"),
        order("A3", tags=["ugc"], cancelled_at=LATER, placed_at=NOON + HOUR),
        order("B1", tags=["creator-sample"], fulfillment_status="partial",
              placed_at=NOON + 2 * HOUR),
        order("C1", person="p1"),
    )  # fmt: skip


def shown(page) -> list[str]:
    return [line.sample.order.external_id for line in page.context["lines"]]


@pytest.mark.usefixtures("store")
class TestList:
    def test_it_shows_samples_newest_first(self, owner):
        page = owner.get(LIST)

        assert shown(page) == ["A2", "B1", "A3", "A1"]
        assert "Mira Sol" in page.text
        assert "View in Shopify" not in page.text

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("kind=ugc", ["B1", "A3", "A1"]),
            ("kind=tiktok", ["A2"]),
            ("state=pending", ["A1"]),
            ("state=cancelled", ["A3"]),
            ("kind=ugc&state=partial", ["B1"]),
            ("sort=old", ["A1", "A3", "B1", "A2"]),
            ("q=A", ["A2", "A3", "A1"]),
            ("q=%23b1", ["B1"]),
            ("q=mira", ["A1"]),
            ("q=sol", ["A1"]),
            ("q=MIRA@example.test", ["A1"]),
            ("q=guest@", ["A2"]),
            ("q=C1", []),
            ("creator=linked", []),
            ("creator=nobody", ["A2", "B1", "A3", "A1"]),
            ("placed_from=2026-06-02", ["A2"]),
            ("placed_to=2026-06-01", ["B1", "A3", "A1"]),
        ],
    )
    def test_filters_and_search_narrow_it(self, owner, query, expected):
        assert shown(owner.get(f"{LIST}?{query}")) == expected

    def test_it_costs_the_same_however_many_there_are(self, owner):
        owner.get(LIST)
        with CaptureQueriesContext(connection) as few:
            owner.get(LIST)
        take(*[order(f"N{n}", person=f"q{n}", tags=["ugc"]) for n in range(30)])

        with CaptureQueriesContext(connection) as many:
            page = owner.get(LIST)

        assert len(shown(page)) == 34
        assert len(many) == len(few)

    def test_cards_count_types_and_what_is_pending(self, owner):
        page = owner.get(f"{LIST}figures/")

        found = page.context["figures"]
        assert (found.total, found.ugc, found.tiktok) == (4, 3, 1)
        assert (found.pending, found.cancelled, found.cost) == (1, 1, 6)

    def test_a_viewer_reads_numbers_and_no_names(self, member):
        viewer = member("viewer")

        page = viewer.get(LIST)

        customer = Customer.objects.get(email_key="mira@example.test")
        assert "Mira" not in page.text
        assert "guest@example.test" not in page.text
        assert str(customer) in page.text
        assert shown(viewer.get(f"{LIST}?q=mira")) == []
        assert shown(viewer.get(f"{LIST}?q=guest@")) == []

    def test_a_shopify_order_leads_to_shopify(self, owner):
        take(order("gid://shopify/Order/77", tags=["ugc"]), source="shopify:greenshop")

        page = owner.get(LIST)

        assert 'href="https://greenshop.myshopify.com/admin/orders/77"' in page.text

    def test_what_cannot_be_read_is_said(self, owner):
        page = owner.get(f"{LIST}?placed_from=soon")

        assert "One of the filters cannot be read" in page.text
        assert shown(page) == []

    def test_the_file_holds_what_the_filters_show(self, owner, member):
        Order.objects.filter(external_id="A1").update(number="=1+1")

        answer = owner.get(f"{LIST}export/?kind=ugc")
        rows = b"".join(answer.streaming_content).decode().splitlines()

        assert len(rows) == 1 + 3
        assert "'=1+1" in rows[3]
        assert "Mira Sol,mira@example.test" in rows[3]
        assert LogEntry.objects.get(additional_data__what="export").additional_data["filters"] == [
            "kind"
        ]
        assert member("samples_staff").get(f"{LIST}export/").status_code == 403


@pytest.mark.usefixtures("store")
class TestKeptFilters:
    def test_they_are_one_persons_own(self, owner, member):
        owner.post(f"{LIST}filters/", {"name": "To send", "query": "kind=ugc&state=pending&x=1"})

        assert SampleFilter.objects.get().query == "kind=ugc&state=pending"
        assert "To send" in owner.get(LIST).text
        assert "To send" not in member("samples_staff").get(LIST).text

    def test_one_is_forgotten_by_its_owner_alone(self, owner, member):
        owner.post(f"{LIST}filters/", {"name": "To send", "query": "kind=ugc"})
        kept = SampleFilter.objects.get()

        member("viewer").post(f"{LIST}filters/", {"forget": kept.pk})
        assert SampleFilter.objects.exists()
        owner.post(f"{LIST}filters/", {"forget": kept.pk})

        assert not SampleFilter.objects.exists()

    @pytest.mark.parametrize(("name", "query"), [("", "kind=ugc"), ("x", "kind=nonsense")])
    def test_what_cannot_be_kept_is_refused(self, owner, name, query):
        owner.post(f"{LIST}filters/", {"name": name, "query": query})

        assert not SampleFilter.objects.exists()


@pytest.mark.usefixtures("store")
class TestElsewhere:
    def page_of(self, name: str) -> str:
        return f"/admin/commerce/order/{Order.objects.get(external_id=name).pk}/change/"

    def test_a_customers_page_names_their_samples(self, owner):
        customer = Customer.objects.get(email_key="mira@example.test")

        page = owner.get(f"/admin/commerce/customer/{customer.pk}/change/")

        assert "Order tag “ugc”" in page.text

    def test_an_orders_page_says_why_and_staff_decide(self, member):
        staff = member("samples_staff")
        assert "Order tag “ugc”" in staff.get(self.page_of("A1")).text
        pk = Order.objects.get(external_id="A1").pk

        staff.post(f"{LIST}{pk}/mark/", {"verdict": "none"})

        assert "This order is no sample." in staff.get(self.page_of("A1")).text
        assert SampleDecision.objects.get().decided_by.username == "samples_staff@acme.test"
        assert not SampleOrder.objects.filter(pk=pk).exists()

    def test_a_viewer_decides_nothing(self, member):
        pk = Order.objects.get(external_id="A1").pk

        answer = member("viewer").post(f"{LIST}{pk}/mark/", {"verdict": "none"})

        assert answer.status_code == 403
        assert not SampleDecision.objects.exists()

    def test_the_dashboard_names_what_is_to_be_sent(self, owner):
        assert "Samples to send" in owner.get("/admin/").text


def test_the_stranger_sees_none_of_ours(tenant, other_tenant):
    with tenant_context(tenant):
        take(order("A1", tags=["ugc"]))
        pk = Order.objects.get().pk
    with tenant_context(other_tenant):
        stranger = sign_in(other_tenant, User.objects.create_superuser("stranger", "s@globex.test"))
        assert shown(stranger.get(LIST)) == []
        assert stranger.get(f"{LIST}figures/").context["figures"].total == 0
        rows = b"".join(stranger.get(f"{LIST}export/").streaming_content).decode().splitlines()
        assert len(rows) == 1
        stranger.post(f"{LIST}{pk}/mark/", {"verdict": "none"})
    with tenant_context(tenant):
        assert SampleOrder.objects.count() == 1
        assert not SampleDecision.objects.exists()
