"""Part `pages`: dashboard, customers list, search and a customer's page at a million customers."""

from pathlib import Path

from django.contrib.auth.models import User
from django.test import Client

from benchmarks import merchant
from benchmarks.measure import Report, p95
from commerce.models import Customer

# Page, address, limit in milliseconds.
PAGES = (
    ("dashboard", "/admin/", 500),
    ("RFM page", "/admin/rfm/", 500),
    ("customers list", "/admin/commerce/customer/", 300),
    ("customers list by last order", "/admin/commerce/customer/?sort=last", 300),
    ("orders list", "/admin/commerce/order/", 300),
    ("search: whole e-mail", "/admin/commerce/customer/?q=person777777%40shop177.test", 300),
    ("search: leading e-mail", "/admin/commerce/customer/?q=person7777", 300),
    ("search: leading last name", "/admin/commerce/customer/?q=family77", 300),
    ("search: whole name", "/admin/commerce/customer/?q=given77+family77", 300),
    ("search: phone", "/admin/commerce/customer/?q=%2B442000777777", 300),
    ("search: order number", "/admin/commerce/customer/?q=N777777", 300),
)


def measure(folder: Path, report: Report) -> None:
    """Time every page through Django's whole stack, 20 times each."""
    with merchant.inside() as tenant:
        client = Client(headers={"host": f"{tenant.schema_name}.localhost"})
        user, _ = User.objects.get_or_create(username="bench", is_staff=True, is_superuser=True)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        middle = Customer.objects.order_by("pk")[100:101].get().pk
        address = f"/admin/commerce/customer/{middle}/change/"
        for what, path, limit in (*PAGES, ("customer page", address, 300)):
            _page(report, client, what, path, limit)


def _page(report: Report, client: Client, what: str, path: str, limit: int) -> None:
    answer = client.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"{path} answered {answer.status_code}")
    taken = p95(lambda: client.get(path))
    report.add(f"{what}, p95", f"{taken:.0f} ms", f"<= {limit} ms", ok=taken <= limit)
