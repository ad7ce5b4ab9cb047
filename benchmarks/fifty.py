"""Fifty segments as a busy merchant has them: profile, orders, scores, behaviour, one another."""

from collections.abc import Callable, Iterator
from typing import Any

RFM = ("champions", "loyal", "potential", "new", "at_risk", "hibernating", "lost", "promising")


def fifty_rules(made: Callable[[int], int]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield name and rule; `made(place)` is the id of the segment yielded at that place."""
    for country in ("GB", "US", "DE", "FR", "NL"):
        yield f"Buyers in {country}", _all(("country", "eq", country), ("total_orders", "gte", 2))
    for amount in range(100, 1_100, 100):
        yield f"Spent {amount}", _all(("total_spent", "gte", amount), ("orders_365d", "gte", 1))
    for days in (30, 60, 90, 180, 365):
        yield f"Quiet for {days} days", _all(("last_order_date", "more_than_ago", f"{days}_days"))
    for key in RFM:
        yield f"All {key}", _all(("rfm_segment", "eq", key))
    for percent in (1, 5, 10):
        yield f"Best {percent} %", _all(("total_spent", "top_percent", percent))
    for number in range(9):
        yield f"Category {number} lately", _bought(f"Category {number}", window="90_days")
    for number in range(5):
        yield f"Category {number} ever", _bought(f"Category {number}", window="")
    for place in range(5):
        inside = {"field": "segment", "operator": "in", "value": [made(place)]}
        yield f"VIP of {place}", _all(("is_vip", "is_not_true", None), more=inside)


def _all(*leaves: tuple[str, str, Any], more: dict[str, Any] | None = None) -> dict[str, Any]:
    rules: list[dict[str, Any]] = []
    for field, operator, value in leaves:
        leaf = {"field": field, "operator": operator}
        rules.append(leaf if value is None else leaf | {"value": value})
    return {"logic": "AND", "rules": [*rules, more] if more else rules}


def _bought(category: str, *, window: str) -> dict[str, Any]:
    leaf = {"field": "category", "operator": "eq", "value": category}
    did: dict[str, Any] = {"did": "order_line", "where": {"logic": "AND", "rules": [leaf]}}
    did |= {"measure": "count", "operator": "gte", "value": 1}
    return {"logic": "AND", "rules": [did | ({"window": {"in_last": window}} if window else {})]}
