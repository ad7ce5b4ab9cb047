"""The way of a sample request, and who may go it."""

import pytest
from django.contrib.auth.models import User

from samples.creators import requests
from samples.models import SampleOrder, SampleRequest
from tests.samples.creator_facts import NOW, make_creator, make_sample

PAGE = "/admin/samples/requests/"


def ask(creator=None) -> SampleRequest:
    creator = creator or make_creator()
    return requests.ask(creator, products=["Tea"], asker="creator", by=None, at=NOW)


def test_a_request_goes_its_way_and_keeps_who_and_when(tenant):
    asked, mia = User.objects.create_user("asker"), make_creator()
    row = requests.ask(mia, products=["Tea", "Oil"], asker="team", by=asked, at=NOW)
    sample = make_sample()

    for step in ("approve", "order", "close"):
        requests.take(row.pk, step=step, order_id=sample.pk, by=asked, at=NOW)

    row.refresh_from_db()
    assert (row.state, row.products, row.order_id) == ("closed", ["Tea", "Oil"], sample.pk)
    assert [row.asked_by, row.decided_by, row.ordered_by, row.closed_by] == [asked] * 4
    assert [row.asked_at, row.decided_at, row.ordered_at, row.closed_at] == [NOW] * 4
    assert SampleOrder.objects.get().creator_id == mia.pk


def test_declining_says_why_and_can_be_thought_over(tenant):
    row = ask()

    requests.take(row.pk, step="decline", reason="Too soon", by=None, at=NOW)
    declined = SampleRequest.objects.get()
    requests.take(row.pk, step="approve", by=None, at=NOW)

    assert (declined.state, declined.reason) == ("declined", "Too soon")
    assert SampleRequest.objects.get().state == "approved"


@pytest.mark.parametrize("step", ["order", "close"])
def test_a_step_out_of_turn_is_refused(tenant, step):
    row = ask()

    with pytest.raises(requests.RequestRefused, match="decided meanwhile"):
        requests.take(row.pk, step=step, by=None, at=NOW)
    assert SampleRequest.objects.get().state == "requested"


def test_another_creators_sample_is_not_taken(tenant):
    row = ask()
    theirs = make_sample(make_creator("Ben"))
    requests.take(row.pk, step="approve", by=None, at=NOW)

    with pytest.raises(requests.RequestRefused, match="another creator's"):
        requests.take(row.pk, step="order", order_id=theirs.pk, by=None, at=NOW)
    assert SampleRequest.objects.get().state == "approved"


def test_the_page_asks_approves_and_orders(owner):
    mia = make_creator(tiktok="mia")
    sample = make_sample(number="#1001")

    owner.post(
        f"{PAGE}add/", {"creator": "@mia", "products": "Tea\n\nOil\nTea", "asker": "creator"}
    )
    row = SampleRequest.objects.get()
    waiting = owner.get(PAGE).content.decode()
    owner.post(PAGE, {"id": row.pk, "step": "approve"})
    owner.post(PAGE, {"id": row.pk, "step": "order", "order": "1001"})

    row.refresh_from_db()
    assert row.products == ["Tea", "Oil"]
    assert "Tea, Oil" in waiting
    assert (row.state, row.order_id, row.creator_id) == ("ordered", sample.pk, mia.pk)
    assert "#1001" in owner.get(f"{PAGE}?state=ordered").content.decode()


def test_an_unknown_order_number_is_said_and_changes_nothing(owner):
    row = ask()
    requests.take(row.pk, step="approve", by=None, at=NOW)

    answer = owner.post(PAGE, {"id": row.pk, "step": "order", "order": "404"}, follow=True)

    assert "No sample has this order number" in answer.content.decode()
    assert SampleRequest.objects.get().state == "approved"


def test_who_only_looks_decides_nothing(member):
    row = ask()
    marketer = member("marketer")

    answers = [marketer.get(PAGE), marketer.post(PAGE, {"id": row.pk, "step": "approve"})]

    assert [answer.status_code for answer in answers] == [200, 403]
    assert SampleRequest.objects.get().state == "requested"
