"""Likely duplicates: compared, merged, kept apart, undone."""

from django.contrib.auth.models import User
from django.db import connection

from commerce.models import CustomerIdentity, CustomerMerge, DuplicateProposal
from tests.commerce.page_facts import client_in_role, make_customer, make_order
from tests.conftest import sign_in

PAGE = "/admin/duplicates/"


def pair():
    first, second = make_customer(), make_customer(first_name="Ada B.", email="")
    make_order(second)
    CustomerIdentity.objects.create(customer=second, source="csv", external_id="C-2")
    proposal = DuplicateProposal.objects.create(
        first=first, second=second, reason="the same phone number"
    )
    return first, second, proposal


def test_a_pair_is_shown_side_by_side(owner):
    first, _, _ = pair()

    response = owner.get(PAGE)

    page = response.content.decode()
    assert "They have the same phone number" in page
    (_, rows) = response.context_data["pairs"][0]
    assert [(row.first, row.second) for row in rows if row.label == "Name"] == [
        ("Ada Berg", "Ada B. Berg")
    ]
    assert f"Merge, keep {first.pk}" in page


def test_a_merge_moves_the_orders_and_is_undone(owner):
    first, second, proposal = pair()

    owner.post(PAGE, {"id": proposal.pk, "step": "first"})
    moved = first.orders.count()
    page = owner.get(f"/admin/commerce/customer/{second.pk}/change/")
    merge = CustomerMerge.objects.get()
    owner.post(PAGE, {"id": merge.pk, "step": "undo", "back": first.pk})

    assert moved == 1
    assert page.status_code == 302
    assert page["Location"] == f"/admin/commerce/customer/{first.pk}/change/"
    assert (first.orders.count(), second.orders.count()) == (0, 1)


def test_two_people_are_not_proposed_again(owner):
    _, _, proposal = pair()

    owner.post(PAGE, {"id": proposal.pk, "step": "apart"})

    proposal.refresh_from_db()
    assert proposal.state == "kept_apart"
    assert "Nobody looks like somebody else" in owner.get(PAGE).content.decode()


def test_a_pair_decided_meanwhile_is_left_alone(owner):
    _, second, proposal = pair()
    DuplicateProposal.objects.update(state="kept_apart")

    response = owner.post(PAGE, {"id": proposal.pk, "step": "first"}, follow=True)

    second.refresh_from_db()
    assert "decided meanwhile" in response.content.decode()
    assert second.merged_into_id is None


def test_a_customers_page_tells_of_likely_duplicates_and_merges(owner):
    first, second, proposal = pair()
    hint = owner.get(f"/admin/commerce/customer/{first.pk}/change/").content.decode()

    owner.post(PAGE, {"id": proposal.pk, "step": "first"})
    after = owner.get(f"/admin/commerce/customer/{first.pk}/change/").content.decode()

    assert "the same phone number" in hint
    assert f"Customer {second.pk} became this one" in after


def test_who_only_looks_merges_nobody(tenant):
    _, second, proposal = pair()
    viewer = client_in_role(tenant, "viewer")

    answers = [viewer.get(PAGE), viewer.post(PAGE, {"id": proposal.pk, "step": "first"})]

    second.refresh_from_db()
    assert [answer.status_code for answer in answers] == [403, 403]
    assert second.merged_into_id is None


def test_a_stranger_merges_nobody(tenant, other_tenant):
    connection.set_tenant(other_tenant)
    stranger = sign_in(tenant, User.objects.create_superuser("stranger"))
    connection.set_tenant(tenant)
    _, second, proposal = pair()

    response = stranger.post(PAGE, {"id": proposal.pk, "step": "first"})

    second.refresh_from_db()
    assert response.status_code == 302
    assert "/login/" in response["Location"]
    assert second.merged_into_id is None
