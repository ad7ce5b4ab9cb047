"""Doing a load: ask for the file, wait in the database, land it chunk by chunk, see it is whole.

Each step leaves the load where the next one begins, so that a worker that dies repeats one chunk
at most. The next chunk is read while the database works on the present one.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from commerce.ingest import analyze_store, catch_up
from integrations.errors import PlatformError, Refused, TryLater
from integrations.models import ShopifyLoad
from integrations.shopify import landing, late_lines, loads
from integrations.shopify.answers import ScopeMissing
from integrations.shopify.bulk_file import BrokenFile, Chunk, read_chunks
from integrations.shopify.client import FileGone, ShopifyClient, fetch
from integrations.shopify.documents import inner_query
from integrations.shopify.mappers import customer_item, order_item
from integrations.shopify.resources import CUSTOMERS, RESOURCES, Resource, mirror_of
from integrations.shopify.sweeping import Clock, count
from integrations.sync import Counts
from tenants.runs import Later, RunHandle

State = ShopifyLoad.State
MOST_ASKS = 3  # files that the shop broke off, before we do
POLLS, POLL_EVERY, WAIT = 5, 1.0, timedelta(seconds=15)
# Objects from which customers' numbers are left to the end: several chunks of them.
LONG = 150_000
ANALYZED_AFTER = {1, 4, 16, 64}


def work(load: ShopifyLoad, client: ShopifyClient, *, handle: RunHandle, counts: Counts) -> Counts:
    """Do the load from where it stands and return the counts of all its parts."""
    steps = {
        State.ASKED: lambda: ask(load, client),
        State.RUNNING: lambda: poll(load, client, handle=handle),
        State.READY: lambda: _move(load, State.LANDING),
        State.LANDING: lambda: _land_all(load, handle=handle, counts=counts),
        State.LATE: lambda: _land_late(load, handle=handle, counts=counts),
    }
    while load.state in steps:
        steps[State(load.state)]()
        load.refresh_from_db()
    return counts


def wait_for_file(load: ShopifyLoad, client: ShopifyClient, *, handle: RunHandle) -> None:
    """See that the load's file is there to be fetched; raise Later until it is."""
    while load.state in (State.ASKED, State.RUNNING):
        if load.state == State.ASKED:
            ask(load, client)
        else:
            poll(load, client, handle=handle)


def stop(load: ShopifyLoad, client: ShopifyClient) -> None:
    """Tell the shop not to go on with the file; if it does not listen, it is only its work."""
    with suppress(PlatformError):
        client.ask("bulk_cancel", id=load.operation)


def _move(load: ShopifyLoad, state: str) -> None:
    load.state = state
    load.save(update_fields=["state"])


def ask(load: ShopifyLoad, client: ShopifyClient) -> None:
    """Ask the shop to write the file."""
    if load.asked_at is not None and not load.operation:
        _stop_strays(client)  # asked before, and the answer never came
    resource = RESOURCES[load.resource]
    load.asked_at = datetime.now(UTC)
    load.save(update_fields=["asked_at"])
    document = resource.bulk if load.kind == ShopifyLoad.Kind.ALL else resource.bulk_ids
    told = client.ask("bulk_run", query=inner_query(document)).data["bulkOperationRunQuery"]
    for error in told["userErrors"]:
        if error.get("code") in ("OPERATION_IN_PROGRESS", "LIMIT_REACHED"):
            raise TryLater("Shopify is writing other files first.", seconds=60)
        raise Refused(f"Shopify will not write the file: {str(error.get('message'))[:200]}")
    load.operation, load.state = told["bulkOperation"]["id"], State.RUNNING
    load.save(update_fields=["operation", "state"])


def _stop_strays(client: ShopifyClient) -> None:
    """Cancel operations of ours that no load knows: nobody would fetch their files."""
    nodes = client.ask("bulk_running", first=10).data["bulkOperations"]["nodes"]
    ids = {node["id"] for node in nodes}
    known = ShopifyLoad.objects.filter(operation__in=ids).values_list("operation", flat=True)
    for operation in ids - set(known):
        client.ask("bulk_cancel", id=operation)


def poll(load: ShopifyLoad, client: ShopifyClient, *, handle: RunHandle) -> None:
    """Wait for the file: some seconds here, then in the database."""
    label = RESOURCES[load.resource].label
    for attempt in range(POLLS):
        told = client.ask("bulk_state", id=load.operation).data["bulkOperation"] or {}
        status = told.get("status", "EXPIRED")
        if status == "COMPLETED":
            _take_file(load, told)
            return
        if status not in ("CREATED", "RUNNING"):
            _broken_off(load, told)
        number = int(told.get("objectCount") or 0)
        handle.report(0, None, f"Shopify writes the file of {label}: {number:,} records so far")
        if attempt < POLLS - 1:
            time.sleep(POLL_EVERY)
    raise Later(at=datetime.now(UTC) + WAIT)


def _take_file(load: ShopifyLoad, told: dict[str, Any]) -> None:
    load.url, load.object_count = told["url"] or "", int(told["objectCount"])
    load.size, load.state = int(told["fileSize"] or 0), State.READY
    load.save(update_fields=["url", "object_count", "size", "state"])


def _broken_off(load: ShopifyLoad, told: dict[str, Any]) -> None:
    if told.get("errorCode") == "ACCESS_DENIED":
        raise ScopeMissing("Shopify does not let this app read all that the file would hold.")
    _again(load, f"Shopify broke the file off ({told.get('status') or 'gone'}).")


def _again(load: ShopifyLoad, words: str) -> None:
    """Ask for another file, or give up."""
    load.asks, load.state, load.operation, load.url = load.asks + 1, State.ASKED, "", ""
    load.position, load.asked_at, load.counts = 0, None, {}
    load.save()
    if load.asks >= MOST_ASKS:
        raise Refused(f"{words} That was attempt {load.asks}; nothing of what came was lost.")
    raise TryLater(words, seconds=30)


def is_long(load: ShopifyLoad) -> bool:
    """Whether the file has too many chunks to count its customers again in each."""
    return load.object_count > LONG


def _land_all(load: ShopifyLoad, *, handle: RunHandle, counts: Counts) -> None:
    if load.url:
        try:
            _land_file(load, handle=handle, counts=counts)
        except FileGone:
            _again(load, "Shopify's file is not there any more.")
        except BrokenFile as error:
            _again(load, str(error))
    if load.counts.get("lines", 0) < load.object_count:
        _again(load, "The file held less than Shopify said.")
    _move(load, State.LATE)


def _land_file(load: ShopifyLoad, *, handle: RunHandle, counts: Counts) -> None:
    clock, landed = Clock(), 0
    with (
        fetch(load.url, start=load.position) as pieces,
        ThreadPoolExecutor(1, thread_name_prefix="bulk") as pool,
    ):
        chunks = read_chunks(pieces, start=load.position)
        ahead = pool.submit(next, chunks, None)
        try:
            while (chunk := ahead.result()) is not None:
                ahead = pool.submit(next, chunks, None)
                _land_chunk(load, chunk, handle=handle, counts=counts)
                landed += 1
                if landed in ANALYZED_AFTER and load.position < load.size:
                    analyze_store()
                label = RESOURCES[load.resource].label
                total = max(load.size, load.position)
                handle.report(load.position, total, f"Reading the file of {label}")
                clock.check()
        finally:
            ahead.cancel()


def _land_chunk(load: ShopifyLoad, chunk: Chunk, *, handle: RunHandle, counts: Counts) -> None:
    """Write a chunk and how far the file has landed, together."""
    resource, before = RESOURCES[load.resource], load.position
    items, unusable = _read(load, chunk, resource)
    with transaction.atomic():
        standing = ShopifyLoad.objects.select_for_update().get(pk=load.pk)
        if standing.position != before or standing.state != State.LANDING:
            raise TryLater("Another worker reads this file just now.")
        how = landing.how_for(
            load.store, today=handle.today, cause="import", import_id=-load.pk,
            numbers_later=is_long(load),
        )  # fmt: skip
        landed = landing.land(items, how=how)
        landed.skipped |= unusable
        landing.keep_skipped(load.store, resource=resource.key, landed=landed, at=handle.moment)
        late_lines.keep(load, chunk.late)
        lines = standing.counts.get("lines", 0) + chunk.lines
        load.position, load.counts = chunk.end, {**standing.counts, "lines": lines}
        load.save(update_fields=["position", "counts"])
    count(counts, resource, landed, read=len(items) + len(unusable))


def _read(
    load: ShopifyLoad, chunk: Chunk, resource: Resource
) -> tuple[list[landing.Item], dict[str, str]]:
    if resource is CUSTOMERS:
        return landing.read(chunk.roots, to_item=customer_item)
    store, children = load.store.handle, chunk.children
    return landing.read(
        chunk.roots,
        to_item=lambda node: order_item(node, lines=children.get(node["id"], []), store=store),
    )


def _land_late(load: ShopifyLoad, *, handle: RunHandle, counts: Counts) -> None:
    clock = Clock()
    while (landed := late_lines.land_page(load, today=handle.today, at=handle.moment)) is not None:
        key = "lines_joined_later"
        counts[key] = counts.get(key, 0) + landed.taken
        handle.report(load.size, load.size or None, "Giving orders their lines")
        clock.check()
    finish(load, handle=handle)


def finish(load: ShopifyLoad, *, handle: RunHandle) -> None:
    """Count what was left to the end and let sweeps go on from here."""
    if is_long(load) or load.late_after:
        catch_up(import_id=-load.pk, today=handle.today, cause="import", progress=handle)
    resource = RESOURCES[load.resource]
    with transaction.atomic():
        mirror = mirror_of(load.store, resource)
        assert load.asked_at is not None
        mirror.loaded_at = handle.moment
        mirror.watermark = max(filter(None, [mirror.watermark, load.asked_at]))
        mirror.save(update_fields=["loaded_at", "watermark"])
        loads.end(load, state=State.DONE, at=handle.moment)
