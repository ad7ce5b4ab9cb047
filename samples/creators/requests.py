"""The way of a sample request: asked, approved or declined, ordered, closed."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from samples.creators import linking
from samples.creators.acting import user_of
from samples.models import Creator, SampleOrder, SampleRequest
from tenants import audit

State = SampleRequest.State
# Step → the states it may begin in, the state it ends in, and how the row names who did it.
STEPS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "approve": ((State.REQUESTED, State.DECLINED), State.APPROVED, "decided"),
    "decline": ((State.REQUESTED, State.APPROVED), State.DECLINED, "decided"),
    "order": ((State.APPROVED,), State.ORDERED, "ordered"),
    "close": ((State.APPROVED, State.ORDERED), State.CLOSED, "closed"),
}


class RequestRefused(Exception):  # noqa: N818 - a state
    """The request stays as it is; the message is for the merchant."""


def ask(
    creator: Creator,
    *,
    products: Sequence[str],
    asker: str,
    note: str = "",
    by: audit.Actor,
    at: datetime,
) -> SampleRequest:
    """Write down that these products are wanted for `creator`."""
    with transaction.atomic():
        request = SampleRequest.objects.create(
            creator=creator,
            products=list(products),
            asker=asker,
            note=note,
            asked_by=user_of(by),
            asked_at=at,
        )
        audit.record(by, "ask_for_sample", request, products=len(products))
    return request


def take(
    request_id: int,
    *,
    step: str,
    reason: str = "",
    order_id: int | None = None,
    by: audit.Actor,
    at: datetime,
) -> SampleRequest:
    """Do one of STEPS; “order” names the sample, which then is the creator's. Raise RequestRefused.

    Who did it and when is kept for every step.
    """
    begins, ends, word = STEPS[step]
    with transaction.atomic():
        request = SampleRequest.objects.select_for_update().filter(pk=request_id).first()
        if request is None or request.state not in begins:
            raise RequestRefused("This request was decided meanwhile. Nothing was changed.")
        request.state = ends
        setattr(request, f"{word}_by", user_of(by))
        setattr(request, f"{word}_at", at)
        if step in ("decline", "close"):
            request.reason = reason[:500]
        if step == "order":
            request.order_id = _sample_of(request, order_id=order_id, by=by, at=at)
        request.save()
        audit.record(by, f"{step}_sample_request", request)
    return request


def _sample_of(
    request: SampleRequest, *, order_id: int | None, by: audit.Actor, at: datetime
) -> int:
    sample = SampleOrder.objects.filter(pk=order_id).first() if order_id else None
    if sample is None:
        raise RequestRefused("No sample has this order number. Enter it as the shop writes it.")
    if sample.creator_id not in (None, request.creator_id):
        raise RequestRefused("This sample is another creator's. Link it to this one first.")
    linking.link({sample.pk: request.creator_id}, by=by, at=at)
    return sample.pk
