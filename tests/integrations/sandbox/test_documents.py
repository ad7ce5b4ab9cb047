"""Every document of the connector is answered by the sandbox, with data and without errors."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
KNOWN = ROOT / ".." / "shared" / "contracts" / "shopify" / "documents"
STEMS = (
    "shop", "customers_2026_10", "orders_2026_10", "customers_legacy_consent", "customer_2026_10",
    "order_2026_10", "order_line_items", "customers_count", "orders_count", "segments", "segment",
    "segments_count", "segment_filters", "customer_segment_members", "customer_segment_members_ids",
    "customer_segment_members_stats", "customer_segment_membership", "existing_customers",
    "customer_segment_members_query_create",
)  # fmt: skip


@pytest.mark.parametrize("stem", STEMS)
def test_the_sandbox_answers_documents_that_are_valid_on_the_real_schema(shopify, stem):
    path = KNOWN / f"{stem}.graphql"
    if not path.exists():
        pytest.skip("the documents are not at hand")
    customer = next(shopify.shop.store.customers())
    order = next(shopify.shop.store.orders())
    segment = next(iter(shopify.shop.segments))
    variables = {
        "first": 5, "lineItems": 5, "segmentId": segment, "segmentIds": [segment],
        "customerId": customer["id"], "ids": [customer["id"]], "input": {"segmentId": segment},
        "id": {"customer": customer["id"], "segment": segment}.get(stem.split("_")[0], order["id"]),
    }  # fmt: skip

    answer = shopify.ask(path.read_text(), **variables)

    assert answer.get("errors") is None
    assert answer["data"]
