"""The topics we listen to, by their names in Shopify's own list, and what each is about."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """A topic. `about`: which handler works it off. Compliance topics stand in the app's set-up."""

    key: str
    about: str
    is_asked_for: bool = True


def _topics(about: str, *keys: str, is_asked_for: bool = True) -> list[Topic]:
    return [Topic(key, about, is_asked_for) for key in keys]


TOPICS: dict[str, Topic] = {
    topic.key: topic
    for topic in (
        *_topics(
            "customers",
            "CUSTOMERS_CREATE",
            "CUSTOMERS_UPDATE",
            "CUSTOMERS_DELETE",
            "CUSTOMERS_MERGE",
            "CUSTOMERS_EMAIL_MARKETING_CONSENT_UPDATE",
            "CUSTOMERS_MARKETING_CONSENT_UPDATE",
            "CUSTOMERS_PURCHASING_SUMMARY",
            "CUSTOMER_TAGS_ADDED",
            "CUSTOMER_TAGS_REMOVED",
        ),
        *_topics(
            "orders",
            "ORDERS_CREATE",
            "ORDERS_UPDATED",
            "ORDERS_CANCELLED",
            "ORDERS_DELETE",
            "REFUNDS_CREATE",
            "FULFILLMENTS_CREATE",
            "FULFILLMENTS_UPDATE",
        ),
        *_topics("segments", "SEGMENTS_CREATE", "SEGMENTS_UPDATE", "SEGMENTS_DELETE"),
        *_topics("moves", "CUSTOMER_JOINED_SEGMENT", "CUSTOMER_LEFT_SEGMENT"),
        *_topics("bulk", "BULK_OPERATIONS_FINISH"),
        *_topics("uninstalled", "APP_UNINSTALLED"),
        *_topics("shop", "APP_SCOPES_UPDATE", "SHOP_UPDATE"),
        *_topics(
            "privacy",
            "CUSTOMERS_DATA_REQUEST",
            "CUSTOMERS_REDACT",
            "SHOP_REDACT",
            is_asked_for=False,
        ),
    )
}
ASKED_FOR = tuple(topic.key for topic in TOPICS.values() if topic.is_asked_for)


def key_of(header: str) -> str:
    """Return a topic's key from the header: "customers/update", "customer.joined_segment"."""
    return header.strip().upper().replace("/", "_").replace(".", "_")[:64]
