"""What is done with messages of one kind: whoever they name is read anew, or heeded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone
from django_tenants.utils import schema_context

from commerce.erasure import prints
from integrations.models import ShopifyDelivery, ShopifyLoad, ShopifyStore
from integrations.shopify import loads, privacy
from integrations.shopify.credentials import client_for
from integrations.shopify.resources import CUSTOMERS, ORDERS, Resource
from integrations.shopify.segments import moves
from integrations.shopify.webhooks import objects
from integrations.shopify.webhooks.understanding import Said
from tenants import jobs
from tenants.models import Run
from tenants.runs import RunHandle

State = ShopifyDelivery.State
Rows = Sequence[ShopifyDelivery]


@dataclass
class Part:
    """Messages of one store about one thing, understood."""

    store: ShopifyStore
    at: datetime
    handle: RunHandle
    counts: dict[str, int]
    said: dict[int, Said] = field(default_factory=dict)


Handler = Callable[[Rows, Part], None]


def _read_again(resource: Resource) -> Handler:
    def handler(rows: Rows, part: Part) -> None:
        wanted = _news(rows, part, resource)
        if not wanted:
            return
        with client_for(part.store, leaves=0.0) as client:
            objects.read_again(
                client, part.store, resource, wanted, at=part.at, today=part.handle.today
            )

    return handler


def _news(rows: Rows, part: Part, resource: Resource) -> set[str]:
    """Return whom to read: not those of whom the mirror is newer than the message."""
    named = {row.pk: getattr(part.said[row.pk], resource.key) for row in rows}
    if resource is CUSTOMERS:
        _forget_erased(rows, named, part)
    known = objects.known_since(part.store, resource, [pk for ids in named.values() for pk in ids])
    wanted: set[str] = set()
    for row in rows:
        says_when = row.topic in ("CUSTOMERS_UPDATE", "CUSTOMERS_CREATE", "ORDERS_UPDATED")
        if not named[row.pk]:
            continue
        since = known.get(named[row.pk][0])
        # Shopify counts whole seconds: one of the same second may be a later change.
        if says_when and since and row.subject_at and row.subject_at < since:
            row.state = State.OLDER
        else:
            wanted.update(named[row.pk])
    return wanted


def _forget_erased(rows: Rows, named: dict[int, tuple[str, ...]], part: Part) -> None:
    """Read nobody who was erased, and name them in no row."""
    ids = {known for found in named.values() for known in found}
    erased = prints.erased_ids(part.store.source, ids)
    for row in rows:
        if erased.intersection(named[row.pk]):
            named[row.pk] = tuple(known for known in named[row.pk] if known not in erased)
            row.subject = ""


def _list_segments(rows: Rows, part: Part) -> None:
    jobs.wake(moves.LIST_JOB)


def _move_members(rows: Rows, part: Part) -> None:
    said = [part.said[row.pk] for row in rows]
    pairs = {(int(each.customers[0]), int(each.segments[0])) for each in said}
    with client_for(part.store, leaves=0.0) as client:
        unknown = moves.heed(client, part.store, pairs, at=timezone.now())
        if unknown:  # new since the last sweep: as soon as they are known, they are members
            ids = [str(number) for number in unknown]
            objects.read_again(
                client, part.store, CUSTOMERS, ids, at=part.at, today=part.handle.today
            )
            moves.settle(part.store, {segment for _, segment in pairs}, unknown, at=timezone.now())


def _look_at_shop(rows: Rows, part: Part) -> None:
    """Have the next sweep look who the shop is and what it lets us read."""
    ShopifyStore.objects.filter(pk=part.store.pk).update(checked_at=None)


def _go_on_loading(rows: Rows, part: Part) -> None:
    """Have the loads that wait for the shop's file look at once."""
    open_loads = ShopifyLoad.objects.filter(store=part.store).exclude(state__in=loads.OVER)
    ids = list(open_loads.values_list("pk", flat=True))
    tenant = jobs.merchant_here()
    with schema_context("public"):
        rows_ = Run.objects.filter(tenant=tenant, job=loads.JOB, state=Run.State.QUEUED)
        rows_.filter(params__load__in=ids).update(not_before=None, sent_at=None)


def _uninstall(rows: Rows, part: Part) -> None:
    privacy.uninstalled(part.store, at=part.at)


def _heed_privacy(rows: Rows, part: Part) -> None:
    for row in rows:
        privacy.heed(row.topic, part.said[row.pk], store=part.store, at=part.at)


HANDLERS: dict[str, Handler] = {
    "customers": _read_again(CUSTOMERS),
    "orders": _read_again(ORDERS),
    "segments": _list_segments,
    "moves": _move_members,
    "bulk": _go_on_loading,
    "uninstalled": _uninstall,
    "shop": _look_at_shop,
    "privacy": _heed_privacy,
}
