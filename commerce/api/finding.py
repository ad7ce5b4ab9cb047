"""From what stands in an address to a customer of this merchant."""

from django.http import Http404
from rest_framework.request import Request

from commerce.identity import resolve
from commerce.models import Customer, CustomerIdentity

LARGEST_ID = 2**63 - 1


def as_id(text: str) -> int | None:
    """Return `text` as a number that can be a row's, or None."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= 19
    return int(text) if is_number and int(text) <= LARGEST_ID else None


def customer_of(text: str, request: Request) -> Customer:
    """Return a customer by our id, or by what `?source=` calls them; raise Http404.

    An id that was merged into another leads on to the survivor.
    """
    source = request.query_params.get("source")
    pk = as_id(text)
    if source is not None:
        if "\0" in source + text:
            raise Http404
        identity = CustomerIdentity.objects.filter(source=source, external_id=text)
        pk = identity.values_list("customer_id", flat=True).first()
    customer = resolve(pk) if pk is not None else None
    if customer is None or customer.erased_at is not None:
        raise Http404
    return customer
