"""Bulk operations: begun, at work for a while, done with a file that is there for a week."""

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from integrations.sandbox.shopify.bulk_query import BulkQuery, read_bulk_query
from integrations.sandbox.shopify.bulk_shape import BulkRefusedError
from integrations.sandbox.shopify.clock import written
from integrations.sandbox.shopify.ids import read_gid
from integrations.sandbox.shopify.lists import CUSTOMER_FIELDS, ORDER_FIELDS, search_for

if TYPE_CHECKING:
    from integrations.sandbox.shopify.call import Call
    from integrations.sandbox.shopify.sandbox import Sandbox
    from integrations.sandbox.shopify.shop import Shop

Made = dict[str, Any]
AT_WORK = ("CREATED", "RUNNING", "CANCELING")
MOST_AT_ONCE = 5
WEEK = 7 * 86_400
SMALL = 5_000  # customers up to which the file is written within the call
WINDOW = 40  # parents whose lines are written together when children may stand apart
FIELDS = {"customers": CUSTOMER_FIELDS, "orders": ORDER_FIELDS}


def begin(call: "Call", text: str, *, is_grouped: bool) -> Made:
    """Begin an operation and return it; raises BulkRefusedError."""
    shop = call.shop
    query = read_bulk_query(text)
    running = [each["id"] for each in shop.bulk.values() if each["status"] in AT_WORK]
    if len(running) >= MOST_AT_ONCE:
        names = ", ".join(running)
        words = "A bulk query operation for this app and shop is already in progress"
        raise BulkRefusedError(f"{words}: {names}.")
    operation: Made = {
        "id": shop.next_id("BulkOperation"),
        "status": "CREATED",
        "type": "QUERY",
        "errorCode": None,
        "createdAt": shop.now(),
        "completedAt": None,
        "objectCount": "0",
        "rootObjectCount": "0",
        "fileSize": None,
        "query": text,
        "url": None,
        "partialDataUrl": None,
        "_kind": "BulkOperation",
        "_from": shop.clock.now(),
        "_objects": 0,
        "_roots": 0,
        "_is_written": False,
        "_path": call.sandbox.folder / f"{shop.number}-{shop.made}.jsonl.gz",
    }
    shop.bulk[operation["id"]] = operation
    missing = [scope for scope in query.shape.all_scopes() if not call.may(scope)]
    if missing:
        operation |= {"errorCode": "ACCESS_DENIED", "_is_written": True}
        return operation
    work = Thread(target=_write, args=(call, operation, query, is_grouped), daemon=True)
    work.start()
    if shop.plan.customers <= SMALL:
        work.join()
    return operation


def _write(call: "Call", operation: Made, query: BulkQuery, is_grouped: bool) -> None:
    """Write the file; level 1 keeps packing cheaper than making the rows."""
    dump: Callable[[Made], str] = json.JSONEncoder(separators=(",", ":")).encode
    path: Path = operation["_path"]
    with gzip.open(path, "wb", compresslevel=1) as file:
        for lines in _windows(call, query, is_grouped=is_grouped, operation=operation):
            if operation["status"] in ("CANCELING", "CANCELED"):
                break
            file.write("".join([dump(line) + "\n" for line in lines]).encode())
            operation["_objects"] += len(lines)
    operation["_is_written"] = True


def _windows(
    call: "Call", query: BulkQuery, *, is_grouped: bool, operation: Made
) -> Iterator[list[Made]]:
    """Yield lines: each parent with its children, or children before or after their parents."""
    parents: list[Made] = []
    children: list[Made] = []
    turn = 0
    for row in _rows(call, query):
        parents.append(query.shape.write(call, row))
        operation["_roots"] += 1
        children += _children(call, query, row)
        if len(parents) >= (1 if is_grouped else WINDOW):
            yield parents + children if is_grouped or turn % 2 else children + parents
            parents, children, turn = [], [], turn + 1
    yield parents + children


def _rows(call: "Call", query: BulkQuery) -> Iterator[Made]:
    asked = query.arguments
    search = search_for(call, query.root, asked.get("query"), FIELDS[query.root])
    store = call.shop.store
    rows = store.customers() if query.root == "customers" else filter(call.sees, store.orders())
    return filter(search.finds, rows)


def _children(call: "Call", query: BulkQuery, row: Made) -> Iterator[Made]:
    for read, shape in query.shape.children:
        for child in read(call, row):
            yield shape.write(call, child) | {"__parentId": row["id"]}


def settle(sandbox: "Sandbox", shop: "Shop") -> Iterator[Made]:
    """Bring all operations to where they stand now; yield those that have just ended."""
    now = shop.clock.now()
    for operation in shop.bulk.values():
        if operation["status"] == "CANCELING" and now >= operation["_cancelled_at"] + 1:
            operation |= {"status": "CANCELED", "completedAt": written(now)}
            yield operation
        elif operation["status"] in ("CREATED", "RUNNING"):
            is_due = now >= operation["_from"] + sandbox.bulk_seconds
            if is_due and operation["_is_written"]:
                _end(sandbox, shop, operation, now=now)
                yield operation
            elif now > operation["_from"]:
                half = operation["_objects"] // 2 if operation["_is_written"] else None
                count = operation["_objects"] if half is None else half
                operation |= {"status": "RUNNING", "objectCount": str(count)}
        elif operation["status"] == "COMPLETED" and now > operation["_ended"] + WEEK:
            operation |= {"url": None}


def _end(sandbox: "Sandbox", shop: "Shop", operation: Made, *, now: float) -> None:
    operation |= {"completedAt": written(now), "_ended": now}
    failure = operation["errorCode"] or sandbox.bulk_failure
    link = f"{sandbox.url}/bulk-results/{shop.number}/{read_gid(operation['id'])[1]}.jsonl"
    if failure:
        operation |= {"status": "FAILED", "errorCode": failure}
        if operation["_path"].exists():
            operation["partialDataUrl"] = link
        return
    operation |= {
        "status": "COMPLETED",
        "objectCount": str(operation["_objects"]),
        "rootObjectCount": str(operation["_roots"]),
        "url": link if operation["_objects"] else None,
        "fileSize": str(operation["_path"].stat().st_size) if operation["_objects"] else None,
    }


def cancel(shop: "Shop", operation: Made) -> None:
    """Ask an operation to stop; it counts as running until it has."""
    if operation["status"] in ("CREATED", "RUNNING"):
        operation |= {"status": "CANCELING", "_cancelled_at": shop.clock.now()}


def file_of(sandbox: "Sandbox", path: str) -> Path | None:
    """Return the file behind a link, None when the link is wrong or its week is over."""
    shop_number, _, name = path.removeprefix("/bulk-results/").partition("/")
    for shop in sandbox.shops.values():
        operation = shop.bulk.get(f"gid://shopify/BulkOperation/{name.removesuffix('.jsonl')}")
        if str(shop.number) == shop_number and operation:
            is_there = operation["url"] or operation["partialDataUrl"]
            return operation["_path"] if is_there else None
    return None
