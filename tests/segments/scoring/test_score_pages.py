"""The pages of the scores: what they show, what would change, who may, and the stranger."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import tenant_context

from segments import services
from segments.models import (
    EngagementScore,
    LifecycleStage,
    Playbook,
    ScoreChange,
    ScoreRun,
    ScoreSettings,
    Segment,
)
from segments.scoring.beside.run import compute_scores
from segments.scoring.engagement.parameters import COMPONENTS, DEFAULTS
from tenants import jobs
from tests.commerce.factories import CustomerFactory, EventFactory, OrderFactory, bring_up_to_date

MODELS = ("engagement", "pql", "lifecycle")


@pytest.fixture
def shop(product):
    """Ada came today and bought, Ben came a month ago."""
    now = timezone.now()
    ada, ben = CustomerFactory(first_name="Ada"), CustomerFactory(first_name="Ben")
    EventFactory(customer=ada, name="session", occurred_at=now)
    EventFactory(customer=ben, name="session", occurred_at=now - timedelta(days=27))
    OrderFactory(customer=ada, placed_at=now - timedelta(days=3), total=Decimal(60))
    bring_up_to_date(on=services.local_today())
    compute_scores(at=now)
    return ada, ben


@pytest.mark.parametrize("model", MODELS)
def test_a_shop_without_data_is_told_what_to_do(owner, model):
    answer = owner.get(f"/admin/scores/{model}/")

    assert answer.status_code == 200
    assert b"empty-title" in answer.content


def test_the_page_has_the_distribution_as_of_today(shop, owner):
    page = owner.get("/admin/scores/lifecycle/").content.decode()

    assert "Prospect" in page
    assert "2 customers" in page
    assert f'as of <time datetime="{services.local_today()}"' in page


@pytest.mark.parametrize("model", MODELS)
def test_a_page_asks_no_more_of_a_larger_store(shop, owner, model):
    with CaptureQueriesContext(
        connection,
    ) as few:
        owner.get(f"/admin/scores/{model}/")
    for _ in range(5):
        CustomerFactory()
    compute_scores(at=timezone.now(), is_full=True)

    with CaptureQueriesContext(connection) as many:
        owner.get(f"/admin/scores/{model}/")

    assert len(many) <= len(few)
    assert not any("segments_engagementscore" in query["sql"] for query in many)


def engagement_form(**changed):
    """Return the boxes of engagement as they come, with some changed."""
    boxes = {"is_on": "on", **{f"band_{n}": edge for n, edge in enumerate(DEFAULTS["bands"])}}
    for name in COMPONENTS:
        boxes[f"weight_{name}"] = DEFAULTS[f"weight_{name}"]
        boxes[f"{name}_source"] = "auto"
        boxes |= {f"{name}_limit_{n}": v for n, v in enumerate(DEFAULTS[f"{name}_limits"])}
        boxes |= {f"{name}_points_{n}": v for n, v in enumerate(DEFAULTS[f"{name}_points"])}
    return boxes | changed


def test_the_effect_is_shown_before_saving(shop, owner):
    before = list(EngagementScore.objects.values_list())
    form = engagement_form(weight_frequency=0, weight_depth=0, weight_breadth=0, step="preview")

    page = owner.post("/admin/scores/engagement/settings/", form).content.decode()

    # Recency alone: Ada 100, a champion; Ben 50, casual.
    assert "2 customers would change band." in page
    assert not ScoreSettings.objects.exists()
    assert list(EngagementScore.objects.values_list()) == before


def test_saving_keeps_the_settings_and_queues_a_pass(shop, owner):
    owner.post("/admin/scores/engagement/settings/", engagement_form(weight_depth=3, step="save"))

    assert ScoreSettings.objects.get().parameters["weight_depth"] == "3"
    assert jobs.latest("scores") is not None
    compute_scores(at=timezone.now())
    moved = set(ScoreChange.objects.values_list("model", "cause"))
    assert moved <= {("engagement", "score_definition")}


def test_a_wrong_box_is_named_and_nothing_is_saved(shop, owner):
    form = engagement_form(band_1="90", step="save")

    page = owner.post("/admin/scores/engagement/settings/", form).content.decode()

    assert "must fall" in page
    assert not ScoreSettings.objects.exists()


def test_settings_can_go_back_to_what_they_came_with(shop, owner):
    ScoreSettings.objects.create(model="pql", parameters={"threshold": "10"})

    owner.post("/admin/scores/pql/settings/", {"step": "reset"})

    assert ScoreSettings.objects.get().parameters == {}


def stages_form(**changed):
    keys = ["prospect", "new", "active", "at_risk", "lapsed"]
    form = {"is_on": "on", "set": "commerce", "shown_set": "commerce", "stage_keys": keys}
    for place, key in enumerate(keys):
        form[f"stage-{key}-label"] = key.capitalize()
        form[f"stage-{key}-order"] = place
    return form | changed


def test_a_stage_of_ones_own_is_put_in_its_place(shop, owner):
    rule = '{"field": "total_spent", "operator": "gte", "value": 60}'
    own = {"label": "Big", "order": -1, "rule": rule, "criteria": "", "priority": ""}
    form = stages_form(**{f"stage-another-{name}": value for name, value in own.items()})
    form["stage_keys"] = [*form["stage_keys"], "another"]

    owner.post("/admin/scores/lifecycle/settings/", form | {"step": "save"})
    compute_scores(at=timezone.now())

    stages = [stage["key"] for stage in ScoreSettings.objects.get().parameters["stages"]]
    assert stages == ["own_big", "prospect", "new", "active", "at_risk", "lapsed"]
    assert LifecycleStage.objects.get(customer=shop[0]).stage == "own_big"
    assert Segment.objects.get(kind="lifecycle", key="own_big").members_count == 1


def test_a_rule_that_looks_ahead_is_refused_on_the_page(shop, owner):
    rule = '{"field": "lifecycle_stage", "operator": "eq", "value": "new"}'
    form = stages_form(step="save", **{"stage-active-rule": rule})

    page = owner.post("/admin/scores/lifecycle/settings/", form).content.decode()

    assert "Lifecycle cannot ask for itself" in page
    assert not ScoreSettings.objects.exists()


def test_a_viewer_looks_and_changes_nothing(shop, member):
    viewer = member("viewer")

    assert viewer.get("/admin/scores/engagement/").status_code == 200
    assert viewer.post("/admin/scores/engagement/").status_code == 403
    assert viewer.get("/admin/scores/engagement/settings/").status_code == 403
    assert viewer.post("/admin/playbooks/stage:new/", {"tone": "x"}).status_code == 403
    assert not Playbook.objects.exists()


def test_a_customers_page_says_why_each_score_is_what_it_is(shop, owner):
    page = owner.get(f"/admin/commerce/customer/{shop[0].pk}/change/").content.decode()

    assert "active today" in page
    assert "1 active day in 28" in page
    assert "First order in the last 30 days." in page
    assert "Stage: New" in page  # the playbook


def test_the_dashboard_has_the_lifecycle(shop, owner):
    page = owner.get("/admin/").content.decode()

    assert 'id="panel-lifecycle"' in page


def test_a_strangers_scores_are_not_here(shop, other_tenant, tenant):
    with tenant_context(other_tenant):
        assert not EngagementScore.objects.exists()
        assert not ScoreRun.objects.exists()
        assert not Segment.objects.filter(kind="lifecycle").exists()


def test_a_playbook_is_edited_and_taken_back(shop, owner):
    form = {
        "tone": "Dry", "focus": "", "urgency": "high", "channels": "phone\nphone", "cadence": "",
        "content": "One\nTwo", "step": "save",
    }  # fmt: skip

    owner.post("/admin/playbooks/stage:new/", form)

    row = Playbook.objects.get()
    assert (row.tone, row.channels, row.content) == ("Dry", ["phone"], ["One", "Two"])
    segment = Segment.objects.get(kind="lifecycle", key="new")
    page = owner.get(f"/admin/segments/segment/{segment.pk}/change/").content.decode()
    assert "Dry" in page
    owner.post("/admin/playbooks/stage:new/", {"step": "reset"})
    assert not Playbook.objects.exists()


@pytest.mark.parametrize("subject", ["stage:nothing", "segment:9999", "rfm:"])
def test_a_playbook_of_nothing_is_not_found(shop, owner, subject):
    assert owner.get(f"/admin/playbooks/{subject}/").status_code == 404


def test_a_playbook_that_is_too_long_is_refused_at_its_box(shop, owner):
    form = {"tone": "x" * 121, "urgency": "low", "content": "y\n" * 3, "step": "save"}

    page = owner.post("/admin/playbooks/stage:new/", form).content.decode()

    assert "at most 120 characters" in page
    assert not Playbook.objects.exists()


def test_the_effect_shown_includes_the_stages_that_read_the_score(shop, owner, product):
    ada, ben = shop
    rule = {"field": "engagement_score", "operator": "gte", "value": 60}
    stages = [{"key": "keen", "label": "Keen", "rule": rule}, {"key": "rest", "label": "Rest"}]
    product.set("lifecycle", stages=stages)
    compute_scores(at=timezone.now())
    before = dict(LifecycleStage.objects.values_list("customer", "stage"))
    form = engagement_form(weight_frequency=0, weight_depth=0, weight_breadth=0, step="preview")

    page = owner.post("/admin/scores/engagement/settings/", form).content.decode()

    assert before == {ada.pk: "rest", ben.pk: "rest"}
    assert "Lifecycle reads this score: 1 customer would change stage." in page
    assert dict(LifecycleStage.objects.values_list("customer", "stage")) == before
    assert not ScoreChange.objects.filter(run=0).exists()
