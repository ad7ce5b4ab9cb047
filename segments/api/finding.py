"""From what stands in an address to a segment or a customer of this merchant."""

from django.http import Http404
from rest_framework.request import Request

from commerce.api.finding import as_id, customer_of
from segments.models import Segment

__all__ = ["as_id", "customer_id_of", "segment_of"]


def segment_of(text: str) -> Segment:
    """Return the segment of this id, else of this slug; raise Http404."""
    pk = as_id(text)
    found = Segment.objects.filter(pk=pk).first() if pk is not None else None
    if found is None and "\0" not in text:
        found = Segment.objects.filter(slug=text).first()
    if found is None:
        raise Http404
    return found


def customer_id_of(text: str, request: Request) -> int:
    """Return our id of the customer that an address names; raise Http404."""
    return customer_of(text, request).pk
