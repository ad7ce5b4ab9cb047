"""`samples/`: every sample, newest first, narrowed as the samples page narrows them."""

from datetime import date
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from commerce.admin.order_filters import believable
from commerce.models import Order
from commerce.patience import TooSlowError, patience
from samples.finding import narrow
from samples.links import shopify_address
from samples.models import Creator, SampleOrder
from tenants.web.answers import amount
from tenants.web.problems import Fault, Problem, Refusal, invalid
from tenants.web.scopes import sees_contact
from tenants.web.views import ApiView

PARAMETERS = ("type", "status", "creator", "placed_from", "placed_to", "q", "limit", "cursor")
WAIT_MS = 5_000


class SampleList(ApiView):
    """Sample orders, with their customers' names and addresses for who may see them."""

    scopes = {"GET": ("samples:read",)}
    more_with = ("customers:contact",)
    ordering = ("-placed_at", "-order_id")

    def get(self, request: Request) -> Response:
        """Return a page: `?type=`, `status=`, `creator=`, `placed_from=`, `placed_to=`, `q=`."""
        sees = sees_contact(request)
        try:
            with patience(WAIT_MS):
                rows = narrow(_asked(request), sees_contact=sees)
                rows = rows.select_related("order", "customer", "creator")
                return self.page(rows, lambda sample: _told(sample, sees=sees))
        except TooSlowError:
            words = "This takes too long. Add a range of days, or another filter."
            raise Refusal(Problem(503, words)) from None


def _asked(request: Request) -> dict[str, Any]:
    given = request.query_params
    unknown = [name for name in given if name not in PARAMETERS]
    if unknown:
        words = f"There is no filter “{unknown[0][:60]}”. There are: {', '.join(PARAMETERS)}."
        raise Refusal(invalid(Fault(words, (unknown[0],))))
    return {
        "kind": _one_of(given.get("type", ""), SampleOrder.Kind.values, name="type"),
        "state": _one_of(given.get("status", ""), SampleOrder.State.values, name="status"),
        "creator": _creator(given.get("creator", "")),
        "placed_from": _day(given.get("placed_from", ""), name="placed_from"),
        "placed_to": _day(given.get("placed_to", ""), name="placed_to"),
        "q": _text(given.get("q", "")),
    }


def _one_of(text: str, known: list[str], *, name: str) -> str:
    if text and text not in known:
        raise Refusal(invalid(Fault(f"{name} is one of {', '.join(known)}.", (name,))))
    return text


def _creator(text: str) -> str:
    is_id = text.isascii() and text.isdecimal() and len(text) < 19
    if text and not is_id and text not in ("linked", "nobody"):
        words = "creator is the id of one, “linked” or “nobody”."
        raise Refusal(invalid(Fault(words, ("creator",))))
    return text


def _day(text: str, *, name: str) -> date | None:
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise Refusal(invalid(Fault(f"{name} is a day, like 2026-06-30.", (name,)))) from None
    believable(found)
    return found


def _text(text: str) -> str:
    if len(text) > 254 or "\0" in text:
        raise Refusal(invalid(Fault("q has 254 characters at most.", ("q",))))
    return text.strip()


def _told(sample: SampleOrder, *, sees: bool) -> dict[str, Any]:
    order = sample.order
    return {
        "order_id": order.pk,
        "number": order.number,
        "source": order.source,
        "external_id": order.external_id,
        "type": sample.kind,
        "found_by": sample.found_by,
        "matched": sample.found_word.strip(),
        "status": sample.state,
        "fulfillment_status": order.fulfillment_status,
        "placed_at": sample.placed_at,
        "placed_on": sample.placed_on,
        "fulfilled_on": sample.fulfilled_on,
        "items_count": f"{order.items_count.normalize():f}",
        "total": amount(order.total),
        "currency": order.currency,
        "cost_of_goods": None if sample.cost is None else amount(sample.cost),
        "customer": _customer(sample, order, sees=sees),
        "creator": _maker(sample.creator, sees=sees),
        "shopify_url": shopify_address(order) or None,
    }


def _customer(sample: SampleOrder, order: Order, *, sees: bool) -> dict[str, Any]:
    customer = sample.customer
    told: dict[str, Any] = {"id": sample.customer_id}
    if not sees:
        return told
    if customer is None or customer.erased_at is not None:
        return told | {"name": "", "email": order.email_key}
    return told | {"name": customer.full_name, "email": customer.email}


def _maker(creator: Creator | None, *, sees: bool) -> dict[str, Any] | None:
    if creator is None:
        return None
    return {"id": creator.pk} | ({"name": creator.name} if sees else {})
