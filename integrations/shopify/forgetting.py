"""What Shopify's rooms keep of customers beside the facts: numbers in lists, texts of messages."""

from typing import Any

from django.db.backends.utils import CursorWrapper

from commerce.erasure.parts import PARTS, Moment, Part, People
from integrations.models import (
    ShopifyDelivery,
    ShopifySegmentMember,
    ShopifySegmentMove,
    ShopifyStore,
)
from integrations.shopify.webhooks.understanding import LONGEST_ID

# Still to be heeded: they are what asks for the erasure.
COMPLIANCE = ("CUSTOMERS_DATA_REQUEST", "CUSTOMERS_REDACT", "SHOP_REDACT")


def _erase(cursor: CursorWrapper, people: People, moment: Moment) -> int:
    """Delete their numbers in lists of members, and the texts of messages that name them."""
    count = 0
    for store in ShopifyStore.objects.all():
        ids = [int(known) for source, known in people.ids if _is_number(source, known, store)]
        theirs = {"segment__store": store, "number__in": ids}
        count += ShopifySegmentMember.objects.filter(**theirs).delete()[0]
        count += ShopifySegmentMove.objects.filter(**theirs).delete()[0]
        subjects = [f"customers:{number}" for number in ids]
        about = ShopifyDelivery.objects.filter(store=store, subject__in=subjects)
        count += about.update(subject="")
    named = _named_by(people)
    if named:
        rows = ShopifyDelivery.objects.filter(pk__in=named)
        # What waits is about somebody who is to be read anew, and is not there any more.
        rows.update(body=None, subject="", state=ShopifyDelivery.State.DONE)
    return count + len(named)


def _is_number(source: str, known: str, store: ShopifyStore) -> bool:
    return source == store.source and known.isdecimal() and len(known) <= LONGEST_ID


def _named_by(people: People) -> list[int]:
    """Return the kept messages that name them: few have a text, for it goes when it is done."""
    words = [word.encode() for word in people.words]
    if not words:
        return []
    rows = ShopifyDelivery.objects.filter(body__isnull=False).exclude(topic__in=COMPLIANCE)
    found = rows.values_list("pk", "body").iterator(chunk_size=200)
    return [pk for pk, body in found if any(word in bytes(body or b"").lower() for word in words)]


def _tell(people: People) -> list[dict[str, Any]] | None:
    ids = [int(known) for _, known in people.ids if known.isdecimal() and len(known) <= LONGEST_ID]
    rows = ShopifySegmentMember.objects.filter(number__in=ids)
    return [dict(row) for row in rows.values("segment__name", "number")] or None


PARTS.register(Part("shopify", "Shopify's lists and messages", _erase, _tell))
