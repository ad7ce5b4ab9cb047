"""Samples over the API: the list, the figures, the settings."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django_tenants.utils import tenant_context

from commerce.ingest import PersonRecord
from samples.history import CLASSIFY
from samples.models import SampleSettings
from tenants import jobs
from tests.samples.stores import LATER, NOON, order, take
from tests.tenants.api_keys import api, client_of, new_key

pytestmark = pytest.mark.usefixtures("tenant")
LIST, STATS, SETTINGS = (f"/api/v1/samples/{name}" for name in ("", "stats/", "settings/"))


@pytest.fixture
def store(tenant):
    take(
        PersonRecord(external_id="p1", source_at=NOON, first_name="Mira", email="mira@e.test"),
        order("A1", person="p1", tags=["ugc"]),
        order("A2", channel="TikTok Shop", items_total=Decimal(0), placed_at=LATER),
        order("A3", tags=["ugc"], cancelled_at=LATER, placed_at=NOON + timedelta(hours=1)),
    )


def numbers(answer) -> list[str]:
    return [row["number"] for row in answer.json()["results"]]


@pytest.mark.usefixtures("store")
class TestList:
    def test_it_pages_newest_first_by_a_cursor(self):
        client = api("samples:read")

        first = client.get(LIST, {"limit": 2})
        second = client.get(LIST, {"limit": 2, "cursor": first.json()["next_cursor"]})

        assert (numbers(first), numbers(second)) == (["#A2", "#A3"], ["#A1"])
        assert second.json()["next"] is None

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ({"type": "ugc"}, ["#A3", "#A1"]),
            ({"status": "pending"}, ["#A2", "#A1"]),
            ({"type": "ugc", "status": "cancelled"}, ["#A3"]),
            ({"creator": "linked"}, []),
            ({"placed_from": "2026-06-02"}, ["#A2"]),
            ({"q": "#A1"}, ["#A1"]),
            ({"q": "mira"}, []),
        ],
    )
    def test_filters_narrow_it(self, query, expected):
        assert numbers(api("samples:read").get(LIST, query)) == expected

    def test_names_are_for_keys_that_may_see_them(self):
        plain = api("samples:read").get(LIST, {"q": "A1"}).json()["results"][0]
        seeing = api("samples:read", "customers:contact")

        named = seeing.get(LIST, {"q": "mira"}).json()["results"][0]

        assert set(plain["customer"]) == {"id"}
        assert named["customer"] | {"id": 0} == {"id": 0, "name": "Mira", "email": "mira@e.test"}
        assert (named["type"], named["found_by"], named["matched"]) == ("ugc", "tag", "ugc")

    @pytest.mark.parametrize(
        ("query", "place"),
        [
            ({"type": "gift"}, "type"),
            ({"status": "lost"}, "status"),
            ({"creator": "-1"}, "creator"),
            ({"placed_from": "soon"}, "placed_from"),
            ({"colour": "red"}, "colour"),
            ({"q": "x" * 255}, "q"),
        ],
    )
    def test_what_cannot_be_read_is_a_problem_with_its_place(self, query, place):
        answer = api("samples:read").get(LIST, query)

        assert answer.status_code == 400
        assert answer.json()["errors"][0]["path"] == [place]


@pytest.mark.usefixtures("store")
class TestStats:
    def test_totals_and_periods(self):
        told = api("samples:read").get(STATS, {"by": "week", "periods": 3}).json()

        assert (told["total"], told["ugc"], told["tiktok"]) == (3, 2, 1)
        assert (told["pending"], told["cancelled"]) == (2, 1)
        assert [row["type"] for row in told["periods"]] == ["ugc", "tiktok"] * 3

    @pytest.mark.parametrize("query", [{"by": "year"}, {"periods": "0"}, {"periods": "61"}])
    def test_what_cannot_be_is_refused(self, query):
        assert api("samples:read").get(STATS, query).status_code == 400


class TestSettings:
    def patch(self, body, *, client=None):
        client = client or api("samples:read", "samples:write")
        return client.patch(SETTINGS, body, content_type="application/json")

    def test_the_defaults_are_told_before_anything_is_saved(self):
        told = api("samples:read").get(SETTINGS).json()

        assert told["ugc_tags"] == ["ugc-sample", "ugc", "creator-sample"]
        assert told["channel_patterns"] == ["tiktok%", "%tiktok shop%"]
        assert told["zero_price_only"] is True
        assert not SampleSettings.objects.exists()

    def test_a_part_is_changed_and_older_orders_are_looked_through(self):
        answer = self.patch({"ugc_tags": ["gift"]})

        assert answer.status_code == 200
        assert (answer.json()["ugc_tags"], answer.json()["is_applied"]) == (["gift"], False)
        assert answer.json()["tiktok_tags"] == ["tiktok-sample", "tiktok-shop-sample"]
        assert answer.json()["run"]["job"] == CLASSIFY
        assert jobs.live(CLASSIFY) is not None

    @pytest.mark.parametrize(
        ("body", "place"),
        [
            ({"channel_patterns": ["%"]}, "channel_patterns"),
            ({"channel_patterns": ["a", ""]}, "channel_patterns"),
            ({"ugc_tags": [f"t{n}" for n in range(201)]}, "ugc_tags"),
            ({"zero_price_only": 1}, "zero_price_only"),
            ({"tags": []}, "tags"),
        ],
    )
    def test_a_refusal_names_the_field_and_writes_nothing(self, body, place):
        answer = self.patch(body)

        assert answer.status_code == 400
        assert answer.json()["errors"][0]["path"] == [place]
        assert not SampleSettings.objects.exists()

    def test_a_key_that_only_reads_changes_nothing(self):
        answer = self.patch({"ugc_tags": ["gift"]}, client=api("samples:read"))

        assert answer.status_code == 403
        assert not SampleSettings.objects.exists()


def test_the_merchant_next_door_answers_nothing_of_ours(tenant, other_tenant):
    with tenant_context(tenant):
        take(order("A1", tags=["ugc"]))
        secret = new_key("samples:read")[1]
    with tenant_context(other_tenant):
        theirs = client_of(new_key("samples:read")[1], host="globex.localhost")
        assert numbers(theirs.get(LIST)) == []
        assert theirs.get(STATS).json()["total"] == 0
        assert client_of(secret, host="globex.localhost").get(LIST).status_code == 401
