"""The pages about creators: what they show, to whom, and what is done from them."""

from datetime import date
from decimal import Decimal

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from samples.creators import figures
from samples.creators.suggestions import suggest_links
from samples.models import Creator, CreatorCode, LinkBatch, LinkSuggestion, SampleOrder
from tests.commerce.factories import CustomerFactory
from tests.conftest import sign_in
from tests.samples.creator_facts import (
    TODAY,
    make_code,
    make_creator,
    make_post,
    make_sample,
)

LIST = "/admin/samples/creators/"
SUGGESTIONS = f"{LIST}suggestions/"
HX = {"HX-Request": "true"}


def page_of(creator) -> str:
    return f"{LIST}{creator.pk}/"


def link_of(sample) -> str:
    return f"/admin/samples/{sample.pk}/creator/"


def names(response) -> list[str]:
    return [line["name"] for line in response.context_data["lines"]]


class TestList:
    def test_nobody_yet_offers_the_first_step(self, owner):
        page = owner.get(LIST).content.decode()

        assert "No creators yet" in page
        assert "Add the first creator" in page

    def test_creators_are_found_by_name_handle_code_and_number(self, owner):
        mia, ben = make_creator(tiktok="miacooks"), make_creator("Ben Roth", email="ben@shop.test")
        make_code(ben, "BEN10")

        found = {
            text: names(owner.get(LIST, {"q": text}))
            for text in ("berg", "@MiaCooks", "ben@", "ben10", str(mia.pk), "nobody")
        }

        assert found == {
            "berg": ["Mia Berg"],
            "@MiaCooks": ["Mia Berg"],
            "ben@": ["Ben Roth"],
            "ben10": ["Ben Roth"],
            str(mia.pk): ["Mia Berg"],
            "nobody": [],
        }

    def test_filters_and_sorts(self, owner):
        make_creator("Ann", revenue=Decimal(5), tiktok="ann")
        make_creator("Cid", revenue=Decimal(9), status="paused")

        assert names(owner.get(LIST)) == ["Ann", "Cid"]
        assert names(owner.get(LIST, {"sort": "revenue"})) == ["Cid", "Ann"]
        assert names(owner.get(LIST, {"status": "paused"})) == ["Cid"]
        assert names(owner.get(LIST, {"platform": "tiktok"})) == ["Ann"]

    def test_pages_follow_one_another(self, owner, monkeypatch):
        monkeypatch.setattr("samples.admin.creator_list.PAGE_SIZE", 2)
        for name in ("Ann", "Ben", "Cid", "Dan", "Eva"):
            make_creator(name)

        first = owner.get(LIST)
        second = owner.get(LIST, {"page": first.context_data["rows_page"].after})
        back = owner.get(LIST, {"page": second.context_data["rows_page"].before})

        assert [names(page) for page in (first, second, back)] == [
            ["Ann", "Ben"],
            ["Cid", "Dan"],
            ["Ann", "Ben"],
        ]

    def test_figures_stand_beside_the_name(self, owner):
        mia = make_creator()
        make_sample(mia, cost="12.50")
        make_post(mia, reach=1_500, fee=Decimal("7.50"))
        figures.refresh(None, on=TODAY)

        page = owner.get(LIST).content.decode()

        assert "£20.00" in page
        assert "1,500" in page
        assert "30 Jun 2026" in page

    def test_the_list_asks_as_often_for_twelve_as_for_two(self, owner):
        def count() -> int:
            with CaptureQueriesContext(connection) as asked:
                assert owner.get(LIST).status_code == 200
            return len(asked)

        for number in range(2):
            make_code(make_creator(f"Few {number}", tiktok=f"few{number}"), f"F{number}")
        owner.get(LIST)
        few = count()
        for number in range(10):
            make_code(make_creator(f"Many {number}", tiktok=f"many{number}"), f"M{number}")

        assert count() == few

    def test_a_viewer_sees_figures_and_no_names(self, member):
        make_creator(tiktok="miacooks", email="mia@shop.test", notes="Likes tea")
        viewer = member("viewer")

        page = viewer.get(LIST).content.decode()
        found = names(viewer.get(LIST, {"q": "berg"}))

        assert f"Creator {Creator.objects.get().pk}" in page
        assert found == []
        assert names(viewer.get(LIST, {"sort": "name"})) == [f"Creator {Creator.objects.get().pk}"]
        assert "Name" not in {sort.label for sort in viewer.get(LIST).context_data["sorts"]}
        for secret in ("Mia", "miacooks", "mia@shop.test", "Likes tea"):
            assert secret not in page


class TestOneCreator:
    def test_a_creator_is_added_with_handles(self, owner):
        customer = CustomerFactory()
        answer = owner.post(
            f"{LIST}add/",
            {
                "name": "Mia Berg",
                "status": "prospect",
                "email": "mia@shop.test",
                "tiktok": "@mia, https://www.tiktok.com/@mia.two",
                "instagram": "mia.daily",
                "customer_number": customer.pk,
            },
        )

        mia = Creator.objects.get()
        handles = mia.handles.order_by("platform", "handle").values_list("platform", "handle")
        assert answer["Location"] == page_of(mia)
        assert (mia.status, mia.email_key, mia.customer) == ("prospect", "mia@shop.test", customer)
        assert list(handles) == [
            ("instagram", "mia.daily"),
            ("tiktok", "mia"),
            ("tiktok", "mia.two"),
        ]
        assert mia.figures_on is not None

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ({"name": ""}, "This field is required"),
            ({"email": "mia"}, "Enter a valid email address"),
            ({"tiktok": "two words"}, "is no handle"),
            ({"tiktok": "@TAKEN"}, "is Ben&#x27;s"),
            ({"customer_number": "999999"}, "no customer with this number"),
        ],
    )
    def test_what_cannot_be_is_said_beside_its_box(self, owner, values, said):
        make_creator("Ben", tiktok="taken")

        answer = owner.post(f"{LIST}add/", {"name": "Mia", "status": "active"} | values)

        assert said in answer.content.decode()
        assert Creator.objects.count() == 1

    def test_the_page_tells_everything(self, owner):
        mia = make_creator(email="mia@shop.test", notes="Likes tea", tiktok="miacooks")
        make_code(mia, is_counted=True)
        sample = make_sample(mia, number="#1001")
        make_post(mia, order=sample.order, reach=1_234)

        page = owner.get(page_of(mia)).content.decode()

        for text in (
            "mia@shop.test",
            "Likes tea",
            "@miacooks",
            "MIA10",
            "#1001",
            "1,234",
            "Posted",
        ):
            assert text in page

    def test_a_viewer_sees_neither_contact_nor_links(self, member):
        mia = make_creator(email="mia@shop.test", phone="020 7946", notes="Tea", tiktok="miacooks")
        make_post(mia, link="https://www.tiktok.com/@miacooks/video/1")

        page = member("viewer").get(page_of(mia)).content.decode()

        assert f"Creator {mia.pk}" in page
        for secret in ("Mia", "mia@shop.test", "020 7946", "miacooks", "Record a post"):
            assert secret not in page

    def test_the_page_asks_as_often_for_ten_samples_as_for_one(self, owner):
        mia = make_creator()

        def count() -> int:
            with CaptureQueriesContext(connection) as asked:
                assert owner.get(page_of(mia)).status_code == 200
            return len(asked)

        make_post(mia, order=make_sample(mia).order)
        count()
        few = count()
        for _ in range(9):
            make_post(mia, order=make_sample(mia).order)

        assert count() == few

    def test_codes_are_added_and_taken_away(self, owner):
        mia = make_creator()
        told = {"kind": "discount", "code": "MIA10", "starts_on": "2026-06-01"}

        owner.post(page_of(mia), told)
        code = CreatorCode.objects.get()
        again = owner.post(page_of(mia), told | {"code": "mia10"})
        owner.post(page_of(mia), {"step": "remove_code", "code": code.pk})

        assert (code.code_key, code.starts_on, code.is_counted) == (
            "mia10",
            date(2026, 6, 1),
            False,
        )
        assert "is a creator&#x27;s code already" in again.content.decode()
        assert not CreatorCode.objects.exists()

    def test_two_are_compared_and_merged(self, owner):
        mia, double = make_creator(), make_creator("M. Berg")
        merge = f"{page_of(mia)}merge/"

        compared = owner.get(merge, {"other": f"#{double.pk}"}).content.decode()
        owner.post(merge, {"other": f"M. Berg #{double.pk}"})

        assert "Make them one" in compared
        assert list(Creator.objects.values_list("pk", flat=True)) == [mia.pk]

    def test_a_creator_is_deleted(self, owner):
        mia = make_creator()
        sample = make_sample(mia)

        owner.post(f"{page_of(mia)}edit/", {"step": "remove"})

        sample.refresh_from_db()
        assert not Creator.objects.exists()
        assert sample.creator_id is None

    def test_audit_rows_name_nobody(self, owner):
        owner.post(f"{LIST}add/", {"name": "Mia Berg", "status": "active", "tiktok": "miacooks"})

        rows = LogEntry.objects.filter(additional_data__what="add_creator")
        told = [f"{row.object_repr} {row.additional_data} {row.changes}" for row in rows]
        assert len(told) == 1
        assert "Mia" not in told[0]
        assert "miacooks" not in told[0]


class TestLinking:
    def test_the_dialog_suggests_searches_and_links(self, owner):
        mia, ben = make_creator(email="mia@shop.test"), make_creator("Ben Roth")
        sample = make_sample(email_key="mia@shop.test")

        dialog = owner.get(link_of(sample), headers=HX).content.decode()
        found = owner.get(link_of(sample), {"q": "roth"}, headers=HX).content.decode()
        answer = owner.post(
            link_of(sample), {"creator": mia.pk, "back": "/admin/samples/?page=2"}, headers=HX
        )

        assert "<html" not in dialog
        assert "The same e-mail" in dialog
        assert "Ben Roth" not in dialog
        assert "Ben Roth" in found
        assert "Whose is sample" not in found
        assert answer["HX-Redirect"] == "/admin/samples/?page=2"
        assert SampleOrder.objects.get().creator_id == mia.pk
        assert ben.samples.count() == 0

    def test_somebody_new_is_added_and_linked(self, owner):
        sample = make_sample()

        owner.post(
            link_of(sample), {"step": "new", "name": "Eva", "platform": "tiktok", "handle": "@eva"}
        )

        eva = Creator.objects.get()
        assert SampleOrder.objects.get().creator_id == eva.pk
        assert eva.handles.get().handle == "eva"

    def test_a_sample_is_linked_to_nobody_again(self, owner):
        sample = make_sample(make_creator())

        owner.post(link_of(sample), {"step": "nobody"})

        assert SampleOrder.objects.get().creator_id is None

    @pytest.mark.parametrize(
        "values",
        [{}, {"creator": "0"}, {"creator": "\0"}, {"step": "new", "name": " \0"},
         {"step": "new", "name": "Eva", "platform": "tiktok", "handle": "two words"}],
    )  # fmt: skip
    def test_without_a_choice_nothing_is_linked(self, owner, values):
        sample = make_sample()

        owner.post(link_of(sample), values)

        assert SampleOrder.objects.get().creator_id is None
        assert not LinkBatch.objects.exists()

    def test_what_the_database_cannot_hold_finds_nobody(self, owner):
        sample = make_sample()

        answers = [
            owner.get(link_of(sample), {"q": "mia\0"}),
            owner.get(LIST, {"q": "mia\0", "page": "a~\0~9"}),
        ]

        assert [answer.status_code for answer in answers] == [200, 200]

    def test_the_way_back_leads_to_no_other_host(self, owner):
        sample = make_sample()

        answer = owner.post(link_of(sample), {"step": "nobody", "back": "https://evil.test/"})

        assert answer["Location"] == f"/admin/samples/{sample.pk}/follow-up/"

    def test_suggestions_are_accepted_all_declined_and_undone(self, owner):
        mia = make_creator(email="mia@shop.test")
        samples = [make_sample(email_key="mia@shop.test") for _ in range(3)]
        suggest_links()
        first = LinkSuggestion.objects.get(order=samples[0].pk)

        hint = owner.get(LIST).content.decode()
        owner.post(SUGGESTIONS, {"step": "decline", "id": first.pk})
        owner.post(SUGGESTIONS, {"step": "all"})
        linked = mia.samples.count()
        owner.post(SUGGESTIONS, {"step": "undo", "id": LinkBatch.objects.get().pk})

        assert "3 samples look like they belong to known creators" in hint
        assert linked == 2
        assert mia.samples.count() == 0
        states = LinkSuggestion.objects.order_by("order").values_list("state", flat=True)
        assert list(states) == ["declined", "open", "open"]

    def test_one_suggestion_is_accepted(self, owner):
        mia = make_creator(email="mia@shop.test")
        make_sample(email_key="mia@shop.test")
        suggest_links()

        page = owner.get(SUGGESTIONS).content.decode()
        owner.post(SUGGESTIONS, {"step": "accept", "id": LinkSuggestion.objects.get().pk})

        assert "1 sample looks like it belongs to known creators" in page
        assert mia.samples.count() == 1


READS = ["", "suggestions/", "{creator}/", "../posts/", "../requests/", "../rights/"]
READS += ["../to-chase/", "../results/", "../{sample}/creator/", "../{sample}/follow-up/"]
WRITES = ["add/", "{creator}/edit/", "{creator}/merge/", "../posts/add/", "../posts/{post}/"]
WRITES += ["../requests/add/", "../rights/add/"]


@pytest.fixture
def address(tenant):
    """Fill the ids of rows that exist into an address."""
    mia = make_creator()
    ids = {"creator": mia.pk, "sample": make_sample(mia).pk, "post": make_post(mia).pk}
    return lambda path: (LIST + path.format(**ids)).replace("creators/../", "")


@pytest.mark.parametrize("path", READS + WRITES)
def test_a_stranger_gets_no_page(other_tenant, tenant, address, path):
    connection.set_tenant(other_tenant)
    stranger = sign_in(tenant, User.objects.create_superuser("stranger"))
    connection.set_tenant(tenant)

    answers = [stranger.get(address(path)), stranger.post(address(path), {"step": "remove"})]

    assert ["/login/" in answer["Location"] for answer in answers] == [True, True]
    assert Creator.objects.count() == 1


@pytest.mark.parametrize("role", ["samples_staff", "marketer", "viewer"])
def test_who_may_look_and_who_may_write(member, address, role):
    client = member(role)

    looks = {client.get(address(path)).status_code for path in READS}
    writes = {client.get(address(path)).status_code for path in WRITES}

    assert looks == {200}
    assert writes == ({200} if role == "samples_staff" else {403})


def test_another_merchants_creators_are_not_there(other_tenant, tenant):
    make_creator()

    connection.set_tenant(other_tenant)
    theirs = Creator.objects.count()
    connection.set_tenant(tenant)

    assert (theirs, Creator.objects.count()) == (0, 1)
