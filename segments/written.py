"""Folded values as the merchant's own records write them: what people read is never folded."""

from collections.abc import Collection, Iterable
from typing import Any

from commerce.models import Customer, OrderLine, Spelling

# Field → the folded column of Customer it compares, and the column that holds what was written.
OF_CUSTOMERS = {
    "city": ("city_key", "city"),
    "region": ("region_key", "region"),
    "loyalty_tier": ("tier_key", "loyalty_tier"),
    "tags": ("tag_keys", "tags"),
}
# Field → the column of a customer's record that it reads folded.
_OWN = {key: column for key, (_, column) in OF_CUSTOMERS.items()} | {
    key: key for key in ("email", "phone", "first_name", "last_name", "postal_code")
}
_BOUGHT = {
    "favorite_category": "category",
    "categories_bought": "category",
    "favorite_product": "product",
}
_LOOKED_AT = 2_000  # customers at a time


def as_written(field: str, keys: Collection[str]) -> dict[str, str]:
    """Return folded value → how somebody's record writes it, of a field in OF_CUSTOMERS."""
    folded, column = OF_CUSTOMERS[field]
    wanted, names = set(keys), dict[str, str]()
    while wanted:
        lookup = "overlap" if folded == "tag_keys" else "in"
        rows = Customer.objects.filter(**{f"{folded}__{lookup}": sorted(wanted)})
        for key, written in _pairs(rows.values_list(folded, column)[:_LOOKED_AT]):
            names.setdefault(key, written)
        if not wanted & names.keys():
            break  # nobody has the rest
        wanted -= names.keys()
    return names


def _pairs(rows: Iterable[tuple[Any, Any]]) -> Iterable[tuple[str, str]]:
    """Yield the items of lists one by one: keys and tags stand side by side."""
    for key, written in rows:
        yield from zip(key, written, strict=False) if isinstance(key, list) else ((key, written),)


def written_by(customer_id: int, values: dict[str, Any]) -> dict[str, Any]:
    """Return field → value as this customer's own facts write it, of those stored folded."""
    told: dict[str, Any] = {}
    known = {field: value for field, value in values.items() if value}
    if own := known.keys() & _OWN.keys():
        record = Customer.objects.filter(pk=customer_id).values(*{_OWN[key] for key in own})
        told |= {key: row[_OWN[key]] or known[key] for row in record for key in own}
    for key in known.keys() & _BOUGHT.keys():
        told[key] = _bought(customer_id, known[key], column=_BOUGHT[key])
    if "preferred_channel" in known:
        channel = Spelling.objects.filter(column="order.channel", key=known["preferred_channel"])
        first = channel.order_by("value").values_list("value", flat=True).first()
        told["preferred_channel"] = first or known["preferred_channel"]
    return told


def _bought(customer_id: int, value: Any, *, column: str) -> Any:
    keys = value if isinstance(value, list) else [value]
    lines = OrderLine.objects.filter(customer_id=customer_id, **{f"{column}_key__in": keys})
    names = dict(lines.order_by("pk").values_list(f"{column}_key", column))
    written = [names.get(key, key) for key in keys]
    return written if isinstance(value, list) else written[0]
