"""What customers did: `orders_placed` and `products_purchased` as behaviours of ours."""

from collections.abc import Callable, Mapping

from integrations.shopify.parity.days import CannotSay, Rule, day, number
from integrations.shopify.parity.query import Condition, Value

COMPARING = ("eq", "ne", "gt", "gte", "lt", "lte")
APPS = "Strata keeps an order's app by its name, not its number: choose it in the builder."
PLACES = "Strata does not know at which place of yours an order was made."
PRODUCTS = "Strata keeps a product by its name, not its number: choose it in the builder."
TAGS = "Strata does not read the tags of products: ask by category, name or vendor."
Read = Callable[[Value], object]
Table = Mapping[str, tuple[str, Read]]


def orders_placed(condition: Condition) -> Rule:
    """Write `orders_placed MATCHES (count >= 2, amount > 50, date >= -30d)`."""
    return _behaviour(
        condition,
        did="order",
        filters={"amount": ("total", number), "date": ("placed_on", day)},
        measures={"count": "count", "sum_amount": "sum:total"},
        cannot={"app_id": APPS, "location_id": PLACES},
    )


def products_purchased(condition: Condition) -> Rule:
    """Write `products_purchased MATCHES (quantity >= 2, date >= -30d)`."""
    return _behaviour(
        condition,
        did="order_line",
        filters={"quantity": ("quantity", number), "date": ("order.placed_on", day)},
        measures={"sum_quantity": "sum:quantity"},
        cannot={"id": PRODUCTS, "tag": TAGS},
    )


def _behaviour(
    condition: Condition,
    *,
    did: str,
    filters: Table,
    measures: Mapping[str, str],
    cannot: Mapping[str, str],
) -> Rule:
    """Write a behaviour; one filter that cannot be said would change what the others count."""
    where: list[Rule] = []
    measured: list[tuple[str, Condition]] = []
    for part in condition.parameters:
        name = part.filter.lower()
        if reason := cannot.get(name):
            raise CannotSay(reason)
        if name in filters:
            field, read = filters[name]
            where.append(_filter(part, field, read))
        elif name in measures:
            measured.append((measures[name], part))
        else:
            raise CannotSay(f"Strata does not know “{name[:40]}” here.")
    base: Rule = {"did": did} | ({"where": {"logic": "AND", "rules": where}} if where else {})
    asked = [base | _measure(name, part) for name, part in measured]
    if not asked:
        # nothing to count: did it once, or never
        once = {"measure": "count", "operator": "eq", "value": 0}
        return base | (once if condition.is_negated else once | {"operator": "gte", "value": 1})
    if condition.is_negated:
        inner = asked[0] if len(asked) == 1 else {"logic": "AND", "rules": asked}
        return {"logic": "NONE", "rules": [inner]}
    return asked[0] if len(asked) == 1 else {"logic": "AND", "rules": asked}


def _filter(part: Condition, field: str, read: Read) -> Rule:
    if part.operator == "between" and not part.is_negated:
        value: object = [read(each) for each in part.values]
        return {"field": field, "operator": "between", "value": value}
    if part.operator not in COMPARING or len(part.values) != 1:
        raise CannotSay(f"Strata cannot compare “{part.filter[:40]}” this way.")
    return {"field": field, "operator": part.operator, "value": read(part.values[0])}


def _measure(name: str, part: Condition) -> Rule:
    if part.operator == "between" and not part.is_negated:
        return {"measure": name, "operator": "between", "value": [number(v) for v in part.values]}
    if part.operator not in COMPARING or len(part.values) != 1:
        raise CannotSay(f"Strata cannot compare “{part.filter[:40]}” this way.")
    return {"measure": name, "operator": part.operator, "value": number(part.values[0])}
