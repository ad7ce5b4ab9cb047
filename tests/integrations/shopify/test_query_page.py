"""The page that takes a segment's query from Shopify."""

import pytest
from django.utils import timezone

from integrations.models import ShopifySegment
from segments.models import Segment

URL = "/admin/library/shopify-query/"
QUERY = "number_of_orders >= 2 AND abandoned_checkout_date >= -30d"


def test_the_owner_reads_a_rule_and_what_cannot_be_said(owner):
    page = owner.post(URL, {"query": QUERY}).content.decode()

    assert "As a rule in Strata" in page
    assert "finds more people than the segment in Shopify" in page
    assert "abandoned_checkout_date &gt;= -30d" in page
    assert "reads no abandoned checkouts" in page
    assert "take refunds off" in page or "takes refunds off" in page


def test_the_builder_opens_with_the_rule_and_nothing_is_saved(owner):
    answer = owner.post(URL, {"query": QUERY, "action": "open"})

    start = answer.context["start"]
    assert answer.status_code == 200
    assert start["rules"] == {
        "logic": "AND",
        "rules": [{"field": "total_orders", "operator": "gte", "value": 2}],
    }
    assert ".shopify." in start["draft"]
    assert not Segment.objects.filter(name__icontains="shopify").exists()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "Paste a segment&#x27;s query first."),
        ("not valid", "Line 1 Column 5: &#x27;valid&#x27; is unexpected."),
        ("x" * 5_001, "at most 5000 characters"),
    ],
)
def test_what_is_no_query_is_said_at_its_box(owner, query, words):
    answer = owner.post(URL, {"query": query})

    assert answer.status_code == 400
    assert words in answer.content.decode()


def test_a_query_of_nothing_sayable_points_to_the_mirrored_segment(owner):
    page = owner.post(URL, {"query": "companies IS NULL", "action": "open"}).content.decode()

    assert "Nothing of this query can be said" in page
    assert "Open in the builder" not in page


def test_hostile_text_is_shown_as_text(owner):
    page = owner.post(
        URL, {"query": "customer_tags CONTAINS '<script>alert(1)</script>' AND companies IS NULL"}
    ).content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_who_makes_no_segments_and_strangers_stay_outside(member, client):
    viewer = member("viewer")

    assert viewer.get(URL).status_code == 403
    assert viewer.post(URL, {"query": QUERY}).status_code == 403
    stranger = client.get(URL, headers={"host": "acme.localhost"})
    assert stranger.status_code == 302
    assert "/login/" in stranger.url


def test_the_library_leads_there(owner):
    assert URL in owner.get("/admin/library/").content.decode()


def test_a_mirrored_segment_offers_its_query(owner, store):
    segment = Segment.objects.create(name="From the shop", slug="from-the-shop", kind="shopify")
    ShopifySegment.objects.create(
        segment=segment,
        store=store,
        external_id=1,
        name="From the shop",
        query=QUERY,
        listed_at=timezone.now(),
    )

    page = owner.get(f"/admin/segments/segment/{segment.pk}/change/").content.decode()

    assert "Write this as a rule of Strata" in page
    assert f'action="{URL}"' in page
