"""The rules whose previews are measured, each with the same question in DuckDB's SQL."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Question:
    """A rule, the same as a condition on DuckDB's table `customers`, and what it may take in ms."""

    what: str
    rules: dict[str, Any]
    sql: str  # `$today` is a date
    limit: int
    nodes_limit: int = 0


def _leaf(field: str, operator: str, value: Any) -> dict[str, Any]:
    return {"field": field, "operator": operator, "value": value}


def _all(*rules: dict[str, Any]) -> dict[str, Any]:
    # An id on each node: the builder has one everywhere, and asks for the count of each.
    return {
        "logic": "AND",
        "id": "all",
        "rules": [r | {"id": f"n{n}"} for n, r in enumerate(rules)],
    }


def _lines(word: str, *, of: str = "category", **more: Any) -> dict[str, Any]:
    where = {"logic": "AND", "rules": [_leaf(of, "eq", word)]}
    return {"did": "order_line", "where": where, "measure": "count", **more}


AT_LEAST_ONE: dict[str, Any] = {"operator": "gte", "value": 1}
_RECENT = "placed_on BETWEEN $today - INTERVAL 90 DAY AND $today"
_LINES = "customer_id IN (SELECT customer_id FROM lines WHERE {} GROUP BY 1 HAVING count(*) >= {})"

QUESTIONS = (
    Question(
        "spend, country and last order",
        _all(
            _leaf("total_spent", "gte", 500),
            _leaf("country", "in", ["GB", "DE"]),
            _leaf("last_order_date", "in_last", "90_days"),
        ),
        "spent >= 500 AND country IN ('GB', 'DE') "
        "AND last_order_on BETWEEN $today - INTERVAL 90 DAY AND $today",
        150,
        400,
    ),
    Question(
        "score and orders of a year",
        _all(
            _leaf("rfm_segment", "in", ["champions", "loyal"]),
            _leaf("orders_365d", "gte", 4),
        ),
        "segment IN ('champions', 'loyal') AND orders_365 >= 4",
        150,
        400,
    ),
    Question(
        "top 10 % by spend, none of them in France",
        _all(_leaf("total_spent", "top_percent", 10), _leaf("country", "ne", "FR")),
        "spent >= (SELECT quantile_disc(spent, 0.9) FROM customers WHERE orders_count > 0) "
        "AND orders_count > 0 AND country <> 'FR'",
        150,
        400,
    ),
    Question(
        "custom attributes",
        _all(_leaf("attr.plan", "eq", "pro"), _leaf("attr.mrr", "gte", 200)),
        "plan = 'pro' AND mrr >= 200",
        400,
    ),
    Question(
        "bought one category in 90 days",
        _all(_lines("Category 7", window={"in_last": "90_days"}, **AT_LEAST_ONE)),
        _LINES.format(f"category = 'category 7' AND {_RECENT}", 1),
        500,
    ),
    Question(
        "three lines of any kind in 90 days",
        _all(
            {
                "did": "order_line",
                "measure": "count",
                "window": {"in_last": "90_days"},
                "operator": "gte",
                "value": 3,
            }
        ),
        _LINES.format(_RECENT, 3),
        2_000,
    ),
    Question(
        "bought one category, ever",
        _all(_lines("Category 7", **AT_LEAST_ONE)),
        _LINES.format("category = 'category 7'", 1),
        3_000,
    ),
    Question(
        "never bought one category",
        _all(_lines("Category 7", operator="eq", value=0)),
        "NOT " + _LINES.format("category = 'category 7'", 1),
        3_000,
    ),
    Question(
        "bought one product, ever",
        _all(_lines("Product 17", of="product", **AT_LEAST_ONE)),
        _LINES.format("product = 'product 17'", 1),
        3_000,
    ),
)
