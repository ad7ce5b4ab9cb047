"""Part `shopify`: a shop's bulk files of the big store, against the CSV import of the same rows."""

import csv
import http.server
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django_tenants.utils import schema_context, tenant_context

from benchmarks.measure import Report, timed
from tenants.deletion import drop
from tenants.models import Tenant

SLUGS = {"csv": "benchcsv", "shopify": "benchshop"}
MOST_MEMORY = 500  # MiB
MOST_TIMES = 2.0  # as long as the CSV import


def measure(folder: Path, report: Report) -> None:
    """Import the same customers and orders by CSV and from bulk files, each into a new merchant."""
    objects = {name: _write(folder, name) for name in ("customers", "orders")}
    fresh(SLUGS["csv"])
    by_csv = sum(
        _run(["manage.py", command, str(folder / file), "--tenant", SLUGS["csv"], "--json"])[0]
        for command, file in (
            ("import_customers", "customers.csv"),
            ("import_orders", "lines.csv"),
        )
    )
    report.seconds("CSV import of customers and order lines", by_csv)
    fresh(SLUGS["shopify"])
    server = _serve(folder)
    url = f"http://127.0.0.1:{server.server_address[1]}"
    seconds, peak = _run(
        ["-m", "benchmarks.shopify_load", url, json.dumps(objects)],
        {"SHOPIFY_BASE_URL": url},
    )
    server.shutdown()
    report.seconds("bulk files of the same rows", seconds)
    report.ratio("bulk files / CSV import", seconds, by_csv, at_most=MOST_TIMES)
    report.add("peak memory", f"{peak:.0f} MiB", f"< {MOST_MEMORY} MiB", ok=peak < MOST_MEMORY)


def fresh(slug: str) -> Tenant:
    """Make a merchant anew."""
    with schema_context("public"):
        found = Tenant.objects.filter(schema_name=slug).first()
        if found is not None:
            drop(found)
    options = {"name": slug, "timezone": "Europe/London", "currency": "GBP"}
    call_command("create_tenant", slug, verbosity=0, **options)
    with schema_context("public"):
        return Tenant.objects.get(schema_name=slug)


def standing_in(slug: str) -> Any:
    """Stand in a merchant's schema."""
    with schema_context("public"):
        tenant = Tenant.objects.get(schema_name=slug)
    return tenant_context(tenant)


def _run(arguments: list[str], more: dict[str, str] | None = None) -> tuple[float, float]:
    """Run Python in a process of its own; return seconds and its peak in MiB."""
    with timed() as clock:
        process = subprocess.Popen(
            [sys.executable, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=os.environ | (more or {}),
        )  # fmt: skip
        _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{arguments[:2]} failed")
    return clock.seconds, usage.ru_maxrss / 1024


def _serve(folder: Path) -> http.server.ThreadingHTTPServer:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            return

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Quiet, directory=str(folder))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def _write(folder: Path, name: str) -> int:
    """Write a bulk file once; return how many records it holds."""
    path, count = folder / f"{name}.jsonl", folder / f"{name}.jsonl.count"
    if not count.exists():
        lines = 0
        with path.open("w") as file:
            for record in _customers(folder) if name == "customers" else _orders(folder):
                file.write(json.dumps(record, separators=(",", ":")) + "\n")
                lines += 1
        count.write_text(str(lines))
    return int(count.read_text())


def _customers(folder: Path) -> Iterator[dict[str, Any]]:
    with (folder / "customers.csv").open() as file:
        for row in csv.DictReader(file):
            yield {
                "id": f"gid://shopify/Customer/{row['customer_id']}",
                "legacyResourceId": row["customer_id"],
                "firstName": row["first_name"],
                "lastName": row["last_name"],
                "locale": "en",
                "tags": [],
                "createdAt": "2022-01-01T00:00:00Z",
                "updatedAt": "2026-10-01T00:00:00Z",
                "defaultEmailAddress": {
                    "emailAddress": row["email"],
                    "marketingState": "SUBSCRIBED",
                    "marketingUpdatedAt": None,
                },
                "defaultPhoneNumber": {"phoneNumber": row["phone"], "smsMarketingConsent": None},
                "defaultAddress": {
                    "city": row["city"], "provinceCode": None, "countryCodeV2": row["country"],
                    "zip": None,
                },
                "statistics": {"predictedSpendTier": "LOW", "rfmGroup": "LOYAL"},
            }  # fmt: skip


def _orders(folder: Path) -> Iterator[dict[str, Any]]:
    with (folder / "lines.csv").open() as file:
        rows = csv.DictReader(file)
        for number, group in groupby(rows, key=lambda row: row["order_number"]):
            lines = list(group)
            total = sum(float(row["price"]) * int(row["quantity"]) for row in lines)
            order = f"gid://shopify/Order/{number[1:]}"
            yield _order(order, lines[0], total=total, count=len(lines))
            for place, row in enumerate(lines):
                yield _line(order, number, place, row)


def _order(gid: str, row: dict[str, str], *, total: float, count: int) -> dict[str, Any]:
    at = row["created_at"].replace(" ", "T") + "Z"
    zero = {"shopMoney": {"amount": "0.0"}}
    return {
        "id": gid, "legacyResourceId": gid.rsplit("/", 1)[1], "name": row["order_number"],
        "email": None, "createdAt": at, "processedAt": at, "updatedAt": at, "cancelledAt": None,
        "test": False, "tags": [], "sourceName": "web", "app": {"name": "Online Store"},
        "attribution": None, "displayFinancialStatus": "PAID",
        "displayFulfillmentStatus": "FULFILLED", "currencyCode": "GBP",
        "subtotalLineItemsQuantity": count, "totalDiscountsSet": zero, "totalTaxSet": zero,
        "totalShippingPriceSet": zero,
        "totalPriceSet": {"shopMoney": {"amount": f"{total:.2f}", "currencyCode": "GBP"}},
        "discountCodes": [], "customer": {"id": f"gid://shopify/Customer/{row['customer_id']}"},
        "refunds": [], "fulfillments": [{"status": "SUCCESS", "createdAt": at}],
    }  # fmt: skip


def _line(order: str, number: str, place: int, row: dict[str, str]) -> dict[str, Any]:
    total = float(row["price"]) * int(row["quantity"])
    return {
        "id": f"gid://shopify/LineItem/{number[1:]}{place}", "title": row["product"],
        "sku": row["sku"], "vendor": "Bench", "quantity": int(row["quantity"]),
        "originalUnitPriceSet": {"shopMoney": {"amount": row["price"]}},
        "discountedTotalSet": {"shopMoney": {"amount": f"{total:.2f}"}},
        "product": {"productType": "", "category": {"name": row["category"]}},
        "__parentId": order,
    }  # fmt: skip
