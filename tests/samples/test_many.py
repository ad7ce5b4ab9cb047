"""Many samples at once: marked from the list or by their numbers; creators as a file."""

import csv
import io

import pytest
from django.contrib.messages import get_messages
from django_tenants.utils import tenant_context

from samples.models import SampleDecision, SampleOrder
from tenants.access.members import make_member
from tests.conftest import sign_in
from tests.samples.creator_facts import make_code, make_creator
from tests.samples.stores import kinds, order, take

pytestmark = pytest.mark.usefixtures("tenant")
MARK, FILE = "/admin/samples/mark/", "/admin/samples/creators/export/"


@pytest.fixture
def store(tenant):
    """Two samples, two orders that are none, two that share a number."""
    take(
        order("a", number="#1", tags=["ugc"]),
        order("b", number="#2", tags=["ugc"]),
        order("c", number="3"),
        order("d", number="4"),
        order("e", number="5"),
        order("f", number="5"),
    )


def said(answer) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


@pytest.mark.usefixtures("store")
class TestMarking:
    def test_the_ticked_samples_are_none_any_more_and_the_list_stays_filtered(self, owner):
        ticked = list(SampleOrder.objects.values_list("pk", flat=True))

        answer = owner.post(MARK, {"ids": ticked, "verdict": "none", "query": "kind=ugc"})

        assert answer.url == "/admin/samples/?kind=ugc"
        assert kinds() == {}
        assert said(answer) == ["2 orders marked as no sample. The numbers follow at once."]

    def test_the_list_offers_to_tick_and_says_how_many_samples_stay(self, owner):
        page = owner.get("/admin/samples/").content.decode()

        assert page.count("data-tick>") == 2

    def test_orders_become_samples_by_their_numbers(self, owner):
        answer = owner.post(MARK, {"numbers": "#3, 4\n9 5", "verdict": "tiktok"})

        assert kinds() == {"a": "ugc", "b": "ugc", "c": "tiktok", "d": "tiktok"}
        assert said(answer) == [
            "2 orders marked as TikTok sample. The numbers follow at once.",
            "Not found, or the number of several orders: 9, 5. Mark those on the order's own page.",
        ]

    def test_the_settings_decide_again_when_asked(self, owner):
        owner.post(MARK, {"numbers": "1 3", "verdict": "none"})
        owner.post(MARK, {"numbers": "3", "verdict": "ugc"})

        owner.post(MARK, {"numbers": "1 3", "verdict": ""})

        assert kinds() == {"a": "ugc", "b": "ugc"}
        assert not SampleDecision.objects.exists()

    @pytest.mark.parametrize(
        ("sent", "words"),
        [
            ({"verdict": "ugc"}, "Tick samples in the list, or enter order numbers."),
            ({"verdict": "gift", "numbers": "3"}, "Choose UGC, TikTok or no sample."),
            (
                {"verdict": "ugc", "numbers": " ".join(map(str, range(1_001)))},
                "Mark at most 1,000 orders at once.",
            ),
        ],
    )
    def test_what_cannot_be_done_is_said_and_nothing_is_written(self, owner, sent, words):
        answer = owner.post(MARK, sent)

        assert said(answer)[0] == words
        assert not SampleDecision.objects.exists()

    def test_who_may_only_look_marks_nothing(self, tenant):
        viewer = sign_in(tenant, make_member("vi@acme.test", role="viewer"))

        assert viewer.post(MARK, {"numbers": "3", "verdict": "ugc"}).status_code == 403
        assert "data-tick" not in viewer.get("/admin/samples/").content.decode()
        assert not SampleDecision.objects.exists()

    def test_a_stranger_marks_none_of_our_orders(self, other_tenant, tenant):
        with tenant_context(other_tenant):
            stranger = sign_in(other_tenant, make_member("s@globex.test", role="owner"))
        stranger.post(MARK, {"numbers": "3", "verdict": "ugc"})

        with tenant_context(tenant):
            assert not SampleDecision.objects.exists()


def lines(answer) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text)))


class TestCreatorsAsAFile:
    def test_it_holds_what_the_filters_show(self, owner):
        mia = make_creator(tiktok="mia", email="mia@example.test", samples_count=2)
        make_code(mia, "MIA10")
        make_creator("Bo Lund", status="paused")

        (row,) = lines(owner.get(FILE + "?status=active"))

        assert (row["name"], row["handles"], row["codes"]) == ("Mia Berg", "tiktok: mia", "MIA10")
        assert (row["samples"], row["email"], row["status"]) == ("2", "mia@example.test", "Active")

    def test_it_names_nobody_to_who_may_not_see_contact_details(self, tenant):
        person = make_member("limited@acme.test", role="owner")
        group = person.groups.get()
        group.permissions.remove(group.permissions.get(codename="view_contact_details"))
        make_creator(tiktok="mia", email="mia@example.test")

        (row,) = lines(sign_in(tenant, person).get(FILE))

        assert {row[name] for name in ("name", "email", "handles")} == {""}
