"""The customers list by store, where a merchant has more than one."""

from django.db.models import Exists, OuterRef, QuerySet

from commerce.columns import CUSTOMERS, Column
from commerce.models import CustomerIdentity, CustomerMetrics
from integrations.models import ShopifyStore


def stores() -> list[tuple[str, str]]:
    """Return the stores to choose from; with one there is nothing to choose."""
    rows = list(ShopifyStore.objects.exclude(shop_id="").values_list("source", "name"))
    return rows if len(rows) > 1 else []


def in_store(rows: QuerySet[CustomerMetrics], source: str) -> QuerySet[CustomerMetrics]:
    """Return those whom the store knows."""
    known = CustomerIdentity.objects.filter(customer=OuterRef("customer"), source=source)
    return rows.filter(Exists(known))


CUSTOMERS.register(Column("store", "Store", None, stores, in_store))
