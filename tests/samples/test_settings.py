"""The settings page: what is refused, what would change, and bringing it about."""

from decimal import Decimal

import pytest
from auditlog.models import LogEntry
from django.core.cache import cache
from django_tenants.utils import schema_context, tenant_context

from samples import preview, usage
from samples.drafts import Draft, DraftRefused, read, save
from samples.history import CLASSIFY
from samples.models import SampleOrder, SampleSettings
from tenants import jobs
from tenants.models import Run
from tests.samples.stores import kinds, order, take

pytestmark = pytest.mark.usefixtures("tenant")
PAGE = "/admin/samples/settings/"
FORM = {"ugc_tags": "ugc", "tiktok_tags": "", "channel_patterns": "tiktok%"}


@pytest.fixture(autouse=True)
def forgotten(tenant):
    cache.clear()


class TestDrafts:
    def test_words_are_tidied_and_kept_once(self):
        draft = read({"ugc_tags": [" Gift ", "gift", "UGC"], "zero_price_only": False})

        assert draft.ugc_tags == ["Gift", "UGC"]
        assert draft.zero_price_only is False
        assert draft.channel_patterns == ["tiktok%", "%tiktok shop%"]

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"channel_patterns": ["%"]}, "would match every order"),
            ({"channel_patterns": ["% %%"]}, "would match every order"),
            ({"channel_patterns": [""]}, "one entry is empty"),
            ({"ugc_tags": ["a", "  "]}, "one entry is empty"),
            ({"ugc_tags": [f"t{n}" for n in range(201)]}, "use at most 200; these are 201"),
            ({"tiktok_tags": ["x" * 256]}, "is longer than 255 characters"),
            ({"tiktok_tags": "ugc"}, "give a list of texts"),
            ({"tiktok_tags": [1]}, "give a list of texts"),
            ({"zero_price_only": "yes"}, "write true or false"),
            ({"colour": []}, "There is no setting “colour”"),
        ],
    )
    def test_what_cannot_be_is_refused_in_words(self, values, words):
        with pytest.raises(DraftRefused) as refusal:
            read(values)

        assert words in refusal.value.problems[next(iter(values))]

    def test_saving_starts_one_run_and_says_who_changed_what(self):
        save(read({"ugc_tags": ["ugc", "gift"]}), by=None)

        row = SampleSettings.objects.get()
        entry = LogEntry.objects.get(additional_data__what="samples_settings")
        assert (row.ugc_tags, row.revision) == (["ugc", "gift"], 1)
        assert entry.additional_data["ugc_tags_added"] == ["gift"]
        assert entry.additional_data["ugc_tags_removed"] == ["creator-sample", "ugc-sample"]
        assert jobs.live(CLASSIFY) is not None

    def test_saving_the_same_again_changes_nothing(self):
        save(read({"ugc_tags": ["gift"]}), by=None)
        jobs.run_now(CLASSIFY)

        assert save(Draft.now(), by=None) is None
        assert SampleSettings.objects.get().revision == 1


class TestPage:
    def test_it_says_what_would_change_and_writes_nothing(self, owner):
        take(order(tags=["ugc"]), order("o2", tags=["gift"]), order("o3", tags=["gift"]))

        page = owner.post(PAGE, FORM | {"ugc_tags": "gift", "step": "preview"})

        effect = page.context["effect"]
        assert (effect.become, effect.stop, effect.change_type) == (2, 1, 0)
        assert "2 orders would become samples, 1 would stop being one" in page.text
        assert not SampleSettings.objects.exists()
        assert kinds() == {"o1": "ugc"}

    def test_a_large_store_is_counted_in_the_background(self, owner, monkeypatch):
        take(order(tags=["gift"]))
        monkeypatch.setattr(preview, "AT_ONCE", -2)

        page = owner.post(PAGE, FORM | {"ugc_tags": "gift", "step": "preview"})

        run = page.context["counting"]
        counts = jobs.run_now(preview.PREVIEW, params=run.params).counts
        assert counts["would_become_samples"] == 1
        assert not SampleSettings.objects.exists()

    def test_saved_settings_find_new_orders_at_once_and_old_ones_by_the_run(self, member):
        take(order(tags=["gift"]))

        member("samples_staff").post(PAGE, FORM | {"ugc_tags": "gift", "step": "save"})
        take(order("o2", tags=["Gift"]))
        assert kinds() == {"o2": "ugc"}
        jobs.run_now(CLASSIFY)

        assert kinds() == {"o1": "ugc", "o2": "ugc"}
        assert SampleSettings.objects.get().classified_revision == 1

    def test_a_refusal_stands_beside_its_box_and_saves_nothing(self, owner):
        page = owner.post(PAGE, FORM | {"channel_patterns": "%", "step": "save"})

        assert "“%” would match every order" in page.text
        assert not SampleSettings.objects.exists()

    def test_patterns_are_tried_against_the_stores_own_words(self, owner):
        take(
            order(channel="TikTok Shop"),
            order("o2", channel="TikTok Shop", app="TikTok"),
            order("o3", channel="Web"),
        )

        page = owner.post(f"{PAGE}try/", {"patterns": "tik%\nnothing"})

        assert "2 orders" in page.text
        assert "TikTok Shop, TikTok" in page.text

    def test_the_stores_own_words_are_offered_with_counts(self, owner):
        take(order(tags=["vip", "Gift"], channel="Web"), order("o2", tags=["vip"], app="Web"))

        page = owner.get(f"{PAGE}words/")

        assert usage.tags().words == [("vip", 2), ("Gift", 1)]
        assert usage.channels().words == [("Web", 1)]
        assert 'data-word="Gift"' in page.text

    def test_the_stranger_changes_only_their_own(self, tenant, other_tenant):
        with tenant_context(tenant):
            take(order(tags=["gift"], total=Decimal(10)))
        with tenant_context(other_tenant):
            save(read({"ugc_tags": ["gift"]}), by=None)
            jobs.run_now(CLASSIFY)
            assert usage.tags().words == []
        with tenant_context(tenant):
            assert not SampleSettings.objects.exists()
            assert not SampleOrder.objects.exists()
        with schema_context("public"):
            assert not Run.objects.filter(tenant=tenant).exists()
