"""Whether a customer is in a segment: the query language, carried out."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta

from integrations.sandbox.shopify.search import COMPARE
from integrations.sandbox.shopify.segment_facts import EVENTS, FILTERS, Asked
from integrations.shopify.parity.query import Condition, Group, Node, Offset, Value, Word

Made = dict[str, Any]
SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": COMPARE["="],
    "gt": COMPARE[">"],
    "gte": COMPARE[">="],
    "lt": COMPARE["<"],
    "lte": COMPARE["<="],
}
UNITS = {"d": "days", "w": "weeks", "m": "months", "y": "years"}


class UnknownFilterError(ValueError):
    """A filter that no shop has."""


def check(node: Node | None) -> None:
    """Raise UnknownFilterError when a query asks by a filter that is not there."""
    if isinstance(node, Group):
        for part in node.parts:
            check(part)
    elif node is not None:
        known = EVENTS if node.operator == "matches" else FILTERS
        if node.filter not in known:
            raise UnknownFilterError(node.filter)


def is_member(node: Node | None, asked: Asked) -> bool:
    """Tell whether a customer fits a query; everybody fits none."""
    if node is None:
        return True
    if isinstance(node, Group):
        answers = (is_member(part, asked) for part in node.parts)
        return all(answers) if node.join == "all" else any(answers)
    if node.operator == "matches":
        return _did(node, asked) is not node.is_negated
    known = FILTERS[node.filter]
    return _fits(node, known.read(asked), asked=asked)


def _fits(condition: Condition, fact: Any, *, asked: Asked) -> bool:
    """Compare a fact; what a customer has not is no reason to leave out by a negation."""
    if condition.operator == "null":
        return (fact is None or fact == []) is not condition.is_negated
    wanted = [_worth(value, asked=asked) for value in condition.values]
    if condition.operator == "contains":
        return _has(fact, wanted[0]) is not condition.is_negated
    if condition.operator in ("in", "ne"):
        is_one = any(_same(fact, each) for each in wanted)
        return is_one is not (condition.is_negated or condition.operator == "ne")
    if fact is None:
        return False
    if condition.operator == "between":
        return (wanted[0] <= fact <= wanted[1]) is not condition.is_negated
    if condition.operator == "eq":
        return _same(fact, wanted[0])
    return SIGNS[condition.operator](fact, wanted[0])


def _has(fact: Any, wanted: Any) -> bool:
    return any(_same(each, wanted) for each in (fact if isinstance(fact, list) else [fact]))


def _same(fact: Any, wanted: Any) -> bool:
    if isinstance(fact, list):
        return _has(fact, wanted)
    if isinstance(fact, str) and isinstance(wanted, str):
        return fact.lower() == wanted.lower()
    return bool(fact == wanted)


def _worth(value: Value, *, asked: Asked) -> Any:
    """Return what a value stands for on this day."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Offset):
        return asked.today() + relativedelta(**{UNITS[value.unit]: value.amount})  # type: ignore[arg-type]
    if isinstance(value, Word):
        return _named_day(value.text.lower(), today=asked.today()) or value.text
    return value


def _named_day(word: str, *, today: date) -> date | None:
    if word in ("today", "yesterday"):
        return today - timedelta(days=word == "yesterday")
    count, _, unit = word.removesuffix("_ago").partition("_")
    if not word.endswith("_ago") or not count.isdigit() or unit not in UNITS.values():
        return None
    return today - relativedelta(**{unit: int(count)})  # type: ignore[arg-type]


def _did(condition: Condition, asked: Asked) -> bool:
    """Tell whether a customer did something as often, as much and as lately as asked."""
    parts = {part.filter: part for part in condition.parameters}
    rows = [row for row in _happened(condition.filter, asked) if _row_fits(row, parts, asked)]
    sums = {
        name: part
        for name, part in parts.items()
        if name in ("count", "sum_amount", "sum_quantity")
    }
    told = {
        "count": float(len(rows)),
        "sum_amount": float(sum(row.get("amount", 0) for row in rows)),
        "sum_quantity": float(sum(row.get("quantity", 0) for row in rows)),
    }
    if not sums:
        return bool(rows)
    return all(_fits(part, told[name], asked=asked) for name, part in sums.items())


def _row_fits(row: Made, parts: dict[str, Condition], asked: Asked) -> bool:
    return all(
        _fits(part, row.get(name), asked=asked)
        for name, part in parts.items()
        if name in ("id", "tag", "date", "amount", "quantity", "app_id", "location_id")
    )


def _happened(event: str, asked: Asked) -> Iterator[Made]:
    for order in asked.orders:
        day = asked.day(order["_at"])
        if event == "orders_placed":
            app = float(order["app"]["id"].rpartition("/")[2])
            yield {"date": day, "amount": order["_total"] / 100, "app_id": app}
            continue
        for line in order["_lines"]:
            product = line["product"]
            if product:
                yield {
                    "date": day,
                    "id": float(product["_number"]),
                    "tag": product["tags"],
                    "quantity": line["quantity"],
                }
