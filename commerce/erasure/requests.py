"""The register of wishes about one's data: asked by staff or a platform, done by a job, proved."""

import logging
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from commerce import identity
from commerce.erasure import exports, prints, shops
from commerce.erasure.erase import erase
from commerce.models import Customer, CustomerIdentity, PrivacyRequest
from tenants import audit, jobs
from tenants.progress import Cancelled
from tenants.runs import JobFailed, RunHandle

logger = logging.getLogger(__name__)

JOB = "privacy"
ALLOWED = timedelta(days=30)  # one month by law, thirty days by Shopify's rules
AGAIN = timedelta(days=2)  # how long an erased customer is looked for once more
Kind, State = PrivacyRequest.Kind, PrivacyRequest.State


def ask(
    kind: str,
    *,
    customer: int | None,
    at: datetime,
    by: Any = None,
    source: str = "",
    reference: str = "",
) -> PrivacyRequest:
    """Write down a wish about one customer and have it done; the same reference is one wish.

    Without a customer nobody was found here, which is an answer too.
    """
    found = {"customer": customer, "asked_at": at, "due_at": at + ALLOWED, "asked_by": _user(by)}
    if customer is None:
        found |= {"state": State.NOBODY, "done_at": at}
    with transaction.atomic():
        if reference:
            row, is_new = PrivacyRequest.objects.get_or_create(
                kind=kind, source=source, reference=reference, defaults=found
            )
        else:
            row, is_new = _ask_once(kind, source, found)
        if is_new:
            audit.record(by, f"ask_{kind}", row, customer=customer)
        jobs.wake(JOB)
    return row


def _ask_once(kind: str, source: str, found: dict[str, Any]) -> tuple[PrivacyRequest, bool]:
    waiting = PrivacyRequest.objects.filter(
        kind=kind, customer=found["customer"], state=State.WAITING
    ).first()
    if waiting is not None:
        return waiting, False
    return PrivacyRequest.objects.create(kind=kind, source=source, **found), True


def ask_erasure_of(
    external_id: str, *, email: str, source: str, reference: str, at: datetime
) -> PrivacyRequest:
    """Write down a platform's wish to erase; who is not here is kept away all the same."""
    row = CustomerIdentity.objects.filter(source=source, external_id=external_id).first()
    if row is None:
        prints.write([(source, external_id)], [email] if email else [], at=at)
    customer = row.customer_id if row else None
    return ask(Kind.ERASURE, customer=customer, at=at, source=source, reference=reference)


def ask_shop(source: str, *, not_before: datetime, at: datetime) -> PrivacyRequest:
    """Write down that a shop's data is to go; asked twice, the earlier moment holds."""
    with transaction.atomic():
        row = (
            PrivacyRequest.objects.select_for_update()
            .filter(kind=Kind.SHOP, source=source, state=State.WAITING)
            .first()
        )
        if row is None:
            row = PrivacyRequest.objects.create(
                kind=Kind.SHOP,
                source=source,
                asked_at=at,
                not_before=not_before,
                due_at=at + ALLOWED,
            )
            audit.record(None, "ask_shop", row, source=source)
        elif row.not_before and not_before < row.not_before:
            row.not_before = not_before
            row.save(update_fields=["not_before"])
        jobs.wake(JOB)
    return row


def call_off_shop(source: str, *, at: datetime, by: audit.Actor = None) -> bool:
    """Keep a shop's data after all, for it is connected again; say whether it was to go."""
    rows = PrivacyRequest.objects.filter(kind=Kind.SHOP, source=source, state=State.WAITING)
    with transaction.atomic():
        is_called_off = bool(rows.update(state=State.CANCELLED, done_at=at))
        if is_called_off:
            audit.record(by, "call_off_shop", PrivacyRequest, source=source)
    return is_called_off


def work(handle: RunHandle) -> dict[str, Any]:
    """Do what is due, one wish after the other; delete files whose time is over."""
    at = handle.moment
    counts: dict[str, Any] = {"files_deleted": exports.withdraw_expired(at=at)}
    may_begin = Q(not_before=None) | Q(not_before__lte=at)
    due = list(PrivacyRequest.objects.filter(may_begin, state=State.WAITING).order_by("due_at"))
    failed = 0
    for place, row in enumerate(due):
        handle.report(place, len(due), row.get_kind_display())
        failed += not _try(row, at=at, handle=handle)
    counts |= {"done": len(due) - failed, "looked_again": _look_again(at=at)}
    if failed:
        words = "request about customers' data" if failed == 1 else "requests about customers' data"
        raise JobFailed(
            f"{failed} {words} could not be done. They are tried again within the hour."
        )
    return counts


def _try(row: PrivacyRequest, *, at: datetime, handle: RunHandle) -> bool:
    try:
        # A shop is forgotten in pages that are transactions of their own.
        with nullcontext() if row.kind == Kind.SHOP else transaction.atomic():
            _do(row, at=at, handle=handle)
            row.error = ""
            row.save()
    except Cancelled:
        raise
    except Exception as error:  # noqa: BLE001 - one wish must not stop the others
        logger.error("request %s failed: %s", row.pk, type(error).__name__)
        words = "Could not be done this time. It is tried again within the hour."
        PrivacyRequest.objects.filter(pk=row.pk).update(error=words)
        return False
    return True


def _do(row: PrivacyRequest, *, at: datetime, handle: RunHandle) -> None:
    row.state, row.done_at = State.DONE, at
    if row.kind == Kind.SHOP:
        owner = shops.platform_of(row.source)
        if owner is not None and owner.is_back(row.source):
            row.state = State.CANCELLED
            return
        row.counts = shops.forget(row.source, by=row.asked_by, at=at, progress=handle)
        return
    living = identity.resolve(row.customer or 0)
    is_gone = living is None or (living.erased_at is not None and living.erased_at < row.asked_at)
    if living is None or is_gone or (row.kind == Kind.EXPORT and living.erased_at):
        row.state = State.NOBODY
        return
    row.customer = living.pk
    if row.kind == Kind.EXPORT:
        exports.write(row, at=at)
    else:
        exports.withdraw_of([living.pk])
        row.counts = erase([living.pk], by=row.asked_by, at=at)


def _look_again(*, at: datetime) -> int:
    """Forget what a run at work wrote about the lately erased after they were."""
    lately = Customer.objects.filter(erased_at__gte=at - AGAIN, erased_at__lt=at)
    ids = list(lately.order_by("pk").values_list("pk", flat=True)[: shops.PAGE])
    rows = PrivacyRequest.objects.filter(kind=Kind.ERASURE, customer__in=ids)
    asked = [pk for pk in rows.values_list("customer", flat=True) if pk]
    if asked:
        erase(asked, by=None, at=at)
    return len(asked)


def _user(by: Any) -> Any:
    return by if getattr(by, "pk", None) else None
