"""Scores become properties of profiles: chosen ones, prefixed, of whoever changed."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from commerce.models import Customer
from integrations.klaviyo import properties
from integrations.klaviyo.opening import open_client
from integrations.models import KlaviyoProperty
from segments.models import EngagementScore, NeverContact
from segments.services import compute_rfm
from tenants.progress import Silence
from tests.integrations.klaviyo.world_of_lists import clock_of, people, segment


@pytest.fixture
def send(connected, klaviyo):
    def sent():
        with open_client(connected, clock=clock_of(klaviyo)) as client:
            done = properties.send_all(client, connected, progress=Silence())
        klaviyo.clock.advance(60)
        client = open_client(connected, clock=clock_of(klaviyo))
        for job in list(klaviyo.accounts["ACME01"].jobs):
            client.get(f"/api/profile-bulk-import-jobs/{job}", properties.tiers.IMPORT_JOB)
        return done

    return sent


@pytest.fixture
def scored(connected, counted):
    compute_rfm()
    keys = ["rfm_segment", "rfm_code", "rfm_score", "engagement_score"]
    properties.choose(connected, keys, prefix="strata_", by=None)
    return counted


def of(account, email):
    return account.profiles[account.find(email=email)[0]].properties


def test_the_chosen_scores_stand_at_the_profile(scored, account, send):
    done = send()

    told = of(account, scored[0].email)
    rfm = Customer.objects.get(pk=scored[0].pk).rfm
    assert done == {"sent": 6}
    assert told == {
        "strata_rfm_segment": properties.FACTS["rfm_segment"].read(rfm.customer),
        "strata_rfm_code": str(rfm.code),
        "strata_rfm_score": round(float(rfm.score), 2),
        "strata_engagement_score": "none",
    }


def test_only_who_changed_is_sent_again(scored, klaviyo, account, send):
    send()
    klaviyo.calls.clear()
    again, calls = send(), klaviyo.writes()
    rfm = scored[0].__class__.objects.get(pk=scored[0].pk).rfm
    rfm.code = 111
    rfm.save()

    changed = send()

    assert (again, calls, changed) == ({}, 0, {"sent": 1})
    assert of(account, scored[0].email)["strata_rfm_code"] == "111"


def test_properties_of_the_merchants_own_stay(scored, account, send):
    profile, _ = account.upsert({"email": scored[0].email, "properties": {"shoe_size": 39}})

    send()

    assert profile.properties["shoe_size"] == 39


def test_who_may_not_be_sent_and_who_is_not_scored_is_not(scored, account, send):
    Customer.objects.filter(pk=scored[0].pk).update(email_consent="unsubscribed")
    NeverContact.objects.create(segment=segment(scored[1], name="Never"))
    people(3)  # never scored

    assert send() == {"sent": 4}
    assert len(account.profiles) == 4


def test_a_score_that_is_gone_is_said_in_a_word(scored, account, send):
    at = timezone.now()
    EngagementScore.objects.create(
        customer=scored[0], score=80, band="high", recency=1, frequency=1, depth=1, breadth=1,
        last_on=at.date(), active_days=1, actions=1, sessions=1, features=1,
    )  # fmt: skip
    send()
    before = of(account, scored[0].email)["strata_engagement_score"]
    EngagementScore.objects.all().delete()

    send()

    assert (before, of(account, scored[0].email)["strata_engagement_score"]) == (80.0, "none")


@pytest.mark.parametrize("prefix", ["", "$", "my props", "x" * 40])
def test_names_that_could_overwrite_others_are_refused(scored, connected, prefix):
    with pytest.raises(ValidationError, match="letters, digits"):
        properties.choose(connected, ["rfm_code"], prefix=prefix, by=None)

    assert KlaviyoProperty.objects.count() == 4


def test_the_owner_chooses_them_on_the_page(owner, connected):
    page = reverse("admin:klaviyo")

    owner.post(page, {"step": "properties", "facts": ["rfm_segment"], "prefix": "rfm_"})

    assert list(KlaviyoProperty.objects.values_list("name", flat=True)) == ["rfm_rfm_segment"]
    assert b"rfm_rfm_segment" in owner.get(page).content
