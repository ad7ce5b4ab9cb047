"""The order policy and who counts: what would change is told before it is made so."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone
from django_tenants.utils import schema_context

from commerce import policy
from commerce.admin import policy_page
from commerce.exclusions import set_reason
from commerce.models import CustomerMetrics, Order, OrderPolicy, PopulationPolicy
from commerce.rebuild import REBUILD
from tenants import jobs
from tenants.models import Run
from tenants.tasks import execute_run
from tests.commerce.page_facts import client_in_role, make_customer, make_order

POLICY, WHO = "/admin/order-policy/", "/admin/who-counts/"
WISH = {"spend": "items_tax", "excluded_reasons": ["test", "voided", "sample", "by_hand"]}


def test_a_change_of_policy_is_told_before_it_is_made(owner):
    customer = make_customer()
    make_order(customer, items_total=Decimal(40), tax_total=Decimal(10), spend=Decimal(40))

    response = owner.post(POLICY, WISH | {"step": "preview"})

    effect = response.context_data["effect"]
    assert (effect.orders_changed, effect.customers_changed) == (1, 1)
    assert (effect.revenue_before, effect.revenue_after) == (Decimal(40), Decimal(50))
    assert "Apply and count everything again" in response.content.decode()
    assert OrderPolicy.current().spend == "items"


def test_a_change_too_large_for_the_page_is_counted_in_the_background(owner, monkeypatch):
    make_order(make_customer(), items_total=Decimal(40), tax_total=Decimal(10), spend=Decimal(40))
    monkeypatch.setattr(policy_page, "WAIT_MS", 1)
    monkeypatch.setattr(policy, "preview", slowly(policy.preview))

    waiting = owner.post(POLICY, WISH | {"step": "preview"})
    run = jobs.live(policy.EFFECT)
    page = owner.get(waiting.url).content.decode()
    execute_run(run.pk)
    counted = owner.get(waiting.url)

    assert waiting.url == f"{POLICY}?run={run.pk}"
    assert f'id="run-{run.pk}"' in page
    assert counted.context_data["effect"].revenue_after == Decimal(50)
    assert counted.context_data["form"].initial["spend"] == "items_tax"
    assert "Apply and count everything again" in counted.content.decode()
    assert OrderPolicy.current().spend == "items"


def slowly(work):
    def waiting(*args, **kwargs):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.05)")
        return work(*args, **kwargs)

    return waiting


def test_the_count_of_another_merchant_is_not_shown(owner, other_tenant):
    with schema_context("public"):
        theirs = Run.objects.create(
            tenant=other_tenant,
            job=policy.EFFECT,
            slot="1",
            state="done",
            params={"policy": {"spend": "items_tax"}},
            counts={"as_of": "2026-01-01"},
        )

    page = owner.get(f"{POLICY}?run={theirs.pk}")

    assert "effect" not in page.context_data
    assert page.context_data["form"].initial["spend"] == "items"


def test_a_policy_is_applied_by_a_run_in_the_background(owner):
    response = owner.post(POLICY, WISH | {"step": "apply"})

    assert response.status_code == 302
    with schema_context("public"):
        run = Run.objects.get(job=REBUILD)
    assert run.params["policy"]["spend"] == "items_tax"
    assert "currency" in run.params["policy"]["excluded_reasons"]
    again = owner.post(POLICY, WISH | {"step": "apply"}, follow=True)
    assert "Wait until it is done" in again.content.decode()


def test_an_unknown_choice_is_refused(owner):
    response = owner.post(POLICY, {"spend": "everything", "step": "apply"})

    assert response.status_code == 200
    with schema_context("public"):
        assert not Run.objects.filter(job=REBUILD).exists()


def test_who_counts_is_told_before_it_is_saved(owner):
    staff = make_customer(email="bo@acme.test")
    make_customer(email="ada@shop.test")
    wish = {"staff_domains": "@ACME.test\n"}

    response = owner.post(WHO, wish | {"step": "preview"})
    untouched = PopulationPolicy.current().staff_domains
    owner.post(WHO, wish | {"step": "apply"})

    assert response.context_data["shift"].leaving == 1
    assert "1 customers would leave the base" in response.content.decode()
    assert untouched == []
    assert PopulationPolicy.current().staff_domains == ["@ACME.test"]
    assert CustomerMetrics.objects.get(customer=staff).in_base is False


def test_an_address_that_is_none_is_named(owner):
    response = owner.post(WHO, {"left_out_emails": "ada@shop.test\nnobody", "step": "apply"})

    assert "“nobody” is no e-mail address." in response.content.decode()
    assert PopulationPolicy.current().left_out_emails == []


@pytest.mark.parametrize("address", [POLICY, WHO])
@pytest.mark.parametrize("role", ["marketer", "viewer"])
def test_policies_are_the_owners(tenant, address, role):
    client = client_in_role(tenant, role)

    assert client.get(address).status_code == 403
    assert client.post(address, WISH | {"step": "apply"}).status_code == 403


def test_an_order_is_left_out_by_hand_and_let_back_in(owner):
    customer = make_customer()
    order = make_order(customer, items_total=Decimal(50))
    address = f"/admin/commerce/order/{order.pk}/"

    owner.post(f"{address}exclude/", {"step": "exclude"})
    out = CustomerMetrics.objects.get(customer=customer).orders_count
    page = owner.get(f"{address}change/").content.decode()
    owner.post(f"{address}exclude/", {"step": "count"})

    assert out == 0
    assert "Somebody in the team excluded it." in page
    assert CustomerMetrics.objects.get(customer=customer).orders_count == 1
    assert Order.objects.get(pk=order.pk).excluded_as == ""


def test_a_reason_of_the_source_is_not_taken_away_by_hand(tenant):
    order = make_order(make_customer(), is_test=True, excluded_as="test")

    changed = set_reason([order.pk], reason="", by=None, at=timezone.now())

    assert changed == 0
    assert Order.objects.get(pk=order.pk).excluded_as == "test"


def test_a_sample_never_takes_the_place_of_what_staff_decided(tenant):
    by_hand = make_order(make_customer(), excluded_as="by_hand")
    other = make_order(make_customer())

    changed = set_reason([by_hand.pk, other.pk], reason="sample", by=None, at=timezone.now())

    assert changed == 1
    assert Order.objects.get(pk=by_hand.pk).excluded_as == "by_hand"
    assert Order.objects.get(pk=other.pk).excluded_as == "sample"


def test_the_order_page_says_why_an_order_does_not_count(owner):
    order = make_order(make_customer(), counts_until=timezone.localdate() - timedelta(days=400))

    page = owner.get(f"/admin/commerce/order/{order.pk}/change/").content.decode()

    assert "It was refunded in full: it no longer counts since" in page
