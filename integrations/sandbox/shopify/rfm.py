"""The shop's own RFM group of a customer.

R, F and M are fifths within the shop, the group follows from R and the mean of F and M: so much is
told in public. Which ranges make which group is not; the table here is ours.
"""

from bisect import bisect_right
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from integrations.sandbox.shopify.shop import Shop

Made = dict[str, Any]
Cuts = tuple[list[float], list[float], list[float]]
LOOKED_AT = 2_000  # customers that the fifths of a large shop are taken from

# rows: R 1 to 5; columns: (F + M) / 2 rounded down, 1 to 5
_GROUPS = (
    ("DORMANT", "DORMANT", "AT_RISK", "AT_RISK", "PREVIOUSLY_LOYAL"),
    ("DORMANT", "ALMOST_LOST", "AT_RISK", "AT_RISK", "PREVIOUSLY_LOYAL"),
    ("ALMOST_LOST", "NEEDS_ATTENTION", "NEEDS_ATTENTION", "ACTIVE", "LOYAL"),
    ("PROMISING", "PROMISING", "ACTIVE", "LOYAL", "LOYAL"),
    ("NEW", "NEW", "ACTIVE", "CHAMPIONS", "CHAMPIONS"),
)


def rfm_group(shop: "Shop", customer: Made) -> str:
    """Return the group of a customer as the shop stands now."""
    numbers = _numbers(shop, customer)
    if numbers is None:
        return "PROSPECTS"
    recency, frequency, spent = (
        1 + bisect_right(cuts, number) for cuts, number in zip(_cuts(shop), numbers, strict=True)
    )
    return _GROUPS[recency - 1][(frequency + spent) // 2 - 1]


def _numbers(shop: "Shop", customer: Made) -> tuple[float, float, float] | None:
    household = shop.store.home_of(customer["id"])
    if household is None or not household.orders:
        return None
    latest = max(order["_at"] for order in household.orders)
    return latest, float(customer["numberOfOrders"]), float(customer["amountSpent"]["amount"])


def _cuts(shop: "Shop") -> Cuts:
    """Return the four limits between the fifths of recency, frequency and spend."""
    version, cuts = shop.rfm_cuts
    if cuts is None or version != shop.store.version:
        looked = islice(shop.store.customers(), LOOKED_AT)
        told = [numbers for each in looked if (numbers := _numbers(shop, each))]
        columns = [sorted(row[place] for row in told) for place in range(3)]
        recency, frequency, spent = (
            [column[len(column) * part // 5] for part in range(1, 5)] if column else []
            for column in columns
        )
        cuts = recency, frequency, spent
        shop.rfm_cuts = shop.store.version, cuts
    return cuts
