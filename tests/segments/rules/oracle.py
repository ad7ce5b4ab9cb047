"""The meaning of a rule in plain Python, written from the specification and from no other code.

It reads the rule's JSON, not the tree, and the store's facts, not the rollups.
"""

from calendar import monthrange
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from commerce.text import fold
from tests.segments.rules.world import LONDON, Person

NEGATIVE = {
    "ne": "eq",
    "not_in": "in",
    "not_contains": "contains",
    "has_none": "has_any",
    "is_not_true": "is_true",
    "is_not_set": "is_set",
}


class Oracle:
    """Answers for one instant."""

    def __init__(self, as_of):
        self.as_of, self.today = as_of, as_of.astimezone(LONDON).date()

    def holds(self, rule, person) -> bool:
        if rule.get("disabled"):
            raise AssertionError("a disabled node is not asked")
        if "rules" in rule:
            answers = [self.holds(r, person) for r in rule["rules"] if self._counts(r)]
            if not answers:
                return False
            logic = rule["logic"]
            return {"AND": all, "OR": any, "NONE": lambda a: not any(a)}[logic](answers)
        if "did" in rule:
            return self._behaviour(rule, person)
        return self._leaf(rule, self._value(rule["field"], person))

    def _counts(self, rule) -> bool:
        if rule.get("disabled"):
            return False
        return "rules" not in rule or any(self._counts(r) for r in rule["rules"])

    def _leaf(self, rule, value) -> bool:
        operator = rule["operator"]
        if operator in NEGATIVE:
            if value in (None, "", []) and rule.get("unknown") == "exclude":
                return False
            return not self._leaf(rule | {"operator": NEGATIVE[operator]}, value)
        if operator == "is_set":
            return value not in (None, "", [])
        if value is None or value == "":
            return False
        if rule["field"] == "birthday":
            return self._anniversary(operator, rule.get("value"), value)
        if isinstance(value, bool):
            return value is {"is_true": True, "is_false": False}[operator]
        if isinstance(value, date):
            return self._on_day(operator, rule["value"], value)
        if isinstance(value, list):
            asked = [fold(item) for item in rule["value"]]
            return (any if operator == "has_any" else all)(item in value for item in asked)
        if isinstance(value, str):
            return self._text(operator, rule["value"], value)
        return compare(operator, rule["value"], Decimal(value))

    def _text(self, operator, asked, value) -> bool:
        if operator == "in":
            return value in [fold(item) for item in asked]
        test = {
            "eq": str.__eq__,
            "contains": str.__contains__,
            "starts_with": str.startswith,
            "ends_with": str.endswith,
        }[operator]
        return test(value, fold(asked))

    def _on_day(self, operator, asked, day) -> bool:
        today = self.today
        if operator == "in_last":
            return back(today, asked) <= day <= today
        if operator == "more_than_ago":
            return day < back(today, asked)
        if operator == "in_next":
            return today <= day <= forward(today, asked)
        if operator == "between_ago":
            return back(today, asked[1]) <= day <= back(today, asked[0])
        if operator == "in_period":
            assert asked == "this_month"
            return (day.year, day.month) == (today.year, today.month)
        points = [self._point(item) for item in (asked if isinstance(asked, list) else [asked])]
        return {
            "eq": day == points[0],
            "gt": day > points[0],
            "gte": day >= points[0],
            "lt": day < points[0],
            "lte": day <= points[0],
            "between": points[0] <= day <= points[-1],
        }[operator]

    def _point(self, text) -> date:
        if text == "today":
            return self.today
        if text == "yesterday":
            return self.today - timedelta(days=1)
        if text.endswith("_ago"):
            return back(self.today, text.removesuffix("_ago"))
        return date.fromisoformat(text)

    def _anniversary(self, operator, asked, born) -> bool:
        if operator == "anniversary_month_is":
            return born.month == self.today.month
        first = last = self.today
        if operator == "anniversary_in_next":
            last = forward(self.today, asked)
        elif operator == "anniversary_in_last":
            first = back(self.today, asked)
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return any(celebrated(born, day.year) == day for day in days)

    def _value(self, key, person):
        row = person.row
        counted = [(o, refunds) for o, _, refunds in person.orders if self.order_counts(o, refunds)]
        spent = sum((o.spend for o, _ in counted), Decimal(0)) - sum(
            (r.amount for _, rs in counted for r in rs if r.refunded_on <= self.today), Decimal(0)
        )
        days = sorted(o.placed_on for o, _ in counted)
        window = self.today - timedelta(days=90)
        return {
            "country": lambda: fold(row.country),
            "city": lambda: fold(row.city),
            "loyalty_tier": lambda: fold(row.loyalty_tier),
            "is_vip": lambda: row.is_vip,
            "tags": lambda: [fold(tag) for tag in row.tags],
            "birthday": lambda: row.birthday,
            "loyalty_points": lambda: row.loyalty_points,
            "email_consent": lambda: row.email_consent,
            "age": lambda: age(row.birthday, self.today),
            "customer_since": lambda: (
                row.customer_since and row.customer_since.astimezone(LONDON).date()
            ),
            "total_orders": lambda: len(counted),
            "total_spent": lambda: spent,
            "average_order_value": lambda: cents(spent / len(counted)) if counted else None,
            "first_order_date": lambda: days[0] if days else None,
            "last_order_date": lambda: days[-1] if days else None,
            "days_since_last_order": lambda: (self.today - days[-1]).days if days else None,
            "orders_90d": lambda: sum(day >= window for day in days),
            "days_since_signup": lambda: (
                row.customer_since
                and (self.today - row.customer_since.astimezone(LONDON).date()).days
            ),
            "lunch_share": lambda: self._lunch_share(counted),
            "categories_bought": lambda: sorted(self._categories(person)),
            "distinct_categories": lambda: len(self._categories(person)),
            "favorite_category": lambda: self._favorite(self._categories(person)),
        }[key]()

    def _lunch_share(self, counted):
        hours = [order.placed_at.astimezone(LONDON).hour for order, _ in counted]
        at_lunch = sum(hour in (11, 12, 13) for hour in hours)
        return cents(Decimal(100 * at_lunch) / len(hours)) if hours else None

    def _categories(self, person):
        """Return category → its counted orders, as id → (day, spent)."""
        found = {}
        for order, lines, refunds in person.orders:
            for line in lines if self.order_counts(order, refunds) else ():
                held = found.setdefault(fold(line.category), {})
                day, spent = held.get(order.pk, (order.placed_on, 0))
                held[order.pk] = (day, spent + line.quantity * line.price)
        return found

    def _favorite(self, categories):
        def rank(name):
            days, spent = zip(*categories[name].values(), strict=True)
            return -len(days), -sum(spent), -max(days).toordinal(), name

        return min(categories, key=rank, default="")

    def order_counts(self, order, refunds) -> bool:
        ends = []
        if order.cancelled_at:
            ends.append(order.cancelled_at.astimezone(LONDON).date())
        ends += [r.refunded_on for r in refunds if r.amount >= order.total]
        return (
            order.placed_on <= self.today
            and not order.is_test
            and all(self.today < end for end in ends)
        )

    def _behaviour(self, rule, person) -> bool:
        rows = [row for row in self._rows(rule, person) if self._passes(rule, row)]
        name, _, key = rule.get("measure", "count").partition(":")
        if name == "orders_percent":
            return self._share_of_orders(rule, person, rows)
        value = measure(name, [row.get(key) for row in rows], [r["day"] for r in rows], self.today)
        operator, asked = rule.get("operator", "gte"), rule.get("value", 1)
        if value is None:
            return operator == "ne"
        return compare(operator, asked, Decimal(value))

    def _share_of_orders(self, rule, person, rows) -> bool:
        own = sum(self.order_counts(order, refunds) for order, _, refunds in person.orders)
        among = len({row["order_id"] for row in rows})
        share = Decimal(100 * among) / own if own else Decimal(0)
        return compare(rule["operator"], rule["value"], share)

    def _rows(self, rule, person: Person):
        everything = rule.get("orders") == "all"
        if rule["did"] == "opened":
            return [
                {"day": e.occurred_on, "prop.mail": fold(e.properties.get("mail", ""))}
                for e in person.events
                if e.occurred_at <= self.as_of
            ]
        found = []
        for order, lines, refunds in person.orders:
            if order.placed_on > self.today:
                continue
            if not everything and not self.order_counts(order, refunds):
                continue
            shared = {"channel": fold(order.channel), "total": order.total, "day": order.placed_on}
            shared["order_id"] = order.pk
            if rule["did"] == "order":
                found.append(shared | {"hour": order.placed_at.astimezone(LONDON).hour})
            else:
                found += [
                    {
                        "day": order.placed_on,
                        "order_id": order.pk,
                        "category": fold(line.category),
                        "quantity": line.quantity,
                        "order.channel": shared["channel"],
                    }
                    for line in lines
                ]
        return found

    def _passes(self, rule, row) -> bool:
        for operator, asked in rule.get("window", {}).items():
            if not self._on_day(operator, asked, row["day"]):
                return False
        where = rule.get("where")
        return where is None or self._where(where, row)

    def _where(self, rule, row) -> bool:
        if "rules" not in rule:
            return self._leaf(rule, row[rule["field"]])
        answers = [self._where(r, row) for r in rule["rules"] if self._counts(r)]
        if not answers:
            return True
        return {"AND": all, "OR": any, "NONE": lambda a: not any(a)}[rule["logic"]](answers)


def compare(operator, asked, value) -> bool:
    figures = [Decimal(str(item)) for item in (asked if isinstance(asked, list) else [asked])]
    return {
        "eq": value == figures[0],
        "ne": value != figures[0],
        "gt": value > figures[0],
        "gte": value >= figures[0],
        "lt": value < figures[0],
        "lte": value <= figures[0],
        "between": figures[0] <= value <= figures[-1],
    }[operator]


def measure(name, values, days, today):
    if name == "count":
        return len(days)
    if name == "count_distinct":
        return len({value for value in values if value is not None})
    if name == "sum":
        return sum(values, Decimal(0))
    if not days:
        return None
    return {
        "max": lambda: max(values),
        "min": lambda: min(values),
        "days_since_last": lambda: (today - max(days)).days,
        "days_since_first": lambda: (today - min(days)).days,
    }[name]()


def back(day, span) -> date:
    return _move(day, span, -1)


def forward(day, span) -> date:
    return _move(day, span, 1)


def _move(day, span, sign) -> date:
    count, unit = span.split("_")
    if unit.startswith(("day", "week")):
        return day + sign * timedelta(days=int(count) * (7 if unit.startswith("week") else 1))
    months = int(count) * (12 if unit.startswith("year") else 1)
    year, month = divmod(day.year * 12 + day.month - 1 + sign * months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def celebrated(born, year) -> date:
    if (born.month, born.day) == (2, 29) and monthrange(year, 2)[1] == 28:
        return date(year, 2, 28)
    return born.replace(year=year)


def age(born, today):
    if born is None:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def cents(value) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)
