"""Which filter of Shopify's is which of our fields, and what is different about it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from integrations.shopify.parity import behaviour
from integrations.shopify.parity.days import CannotSay, Rule, day, number, text, texts
from integrations.shopify.parity.query import Condition, Value

Write = Callable[[Condition], Rule]


@dataclass(frozen=True)
class Clause:
    """How a clause is written in our notation; `differs`: where the two do not mean the same."""

    write: Write
    fields: tuple[str, ...] = ()  # that this store's rules have to know
    differs: str = ""


def leaf(field: str, operator: str, value: object = None) -> Rule:
    """Return one condition of ours."""
    return {"field": field, "operator": operator} | ({} if value is None else {"value": value})


def none_of(rule: Rule) -> Rule:
    """Return the complement of a condition."""
    return {"logic": "NONE", "rules": [rule]}


def _ordered(field: str, read: Callable[[Value], object]) -> Write:
    """Write a filter over numbers or days."""

    def write(condition: Condition) -> Rule:
        if condition.operator == "null":
            return leaf(field, "is_set" if condition.is_negated else "is_not_set")
        if condition.operator == "between":
            between = leaf(field, "between", [read(value) for value in condition.values])
            return none_of(between) if condition.is_negated else between
        if condition.operator not in ("eq", "ne", "gt", "gte", "lt", "lte"):
            raise CannotSay("This filter compares; it does not contain.")
        return leaf(field, condition.operator, read(condition.values[0]))

    return write


def _words(field: str, meanings: dict[str, str] | None = None) -> Write:
    """Write a filter over one text out of several, in our spelling where it is another."""

    def spell(word: str) -> str:
        if meanings is None:
            return word
        if word.upper() not in meanings:
            raise CannotSay(f"Strata keeps no state “{word[:40]}”.")
        return meanings[word.upper()]

    def write(condition: Condition) -> Rule:
        if condition.operator == "null":
            return leaf(field, "is_set" if condition.is_negated else "is_not_set")
        if condition.operator not in ("eq", "ne", "in", "contains"):
            raise CannotSay("This filter names words; it does not compare.")
        found = [spell(word) for word in texts(condition.values)]
        is_not = condition.is_negated or condition.operator == "ne"
        if len(found) == 1:
            return leaf(field, "ne" if is_not else "eq", found[0])
        return leaf(field, "not_in" if is_not else "in", found)

    return write


def _tags(condition: Condition) -> Rule:
    if condition.operator == "null":
        return leaf("tags", "is_set" if condition.is_negated else "is_not_set")
    if condition.operator not in ("contains", "eq", "ne", "in"):
        raise CannotSay("Tags are there or not; they cannot be compared.")
    is_not = condition.is_negated or condition.operator == "ne"
    return leaf("tags", "has_none" if is_not else "has_any", texts(condition.values))


_SPLIT = re.compile(r"(?<=[a-z])(?=[A-Z])")


def _place(depth: int) -> Write:
    """Write a country, a region (`US-NY`) or a city (`US-NY-NewYorkCity`)."""

    def write(condition: Condition) -> Rule:
        field = ("country", "region", "city")[depth]
        if condition.operator == "null":
            return leaf(field, "is_set" if condition.is_negated else "is_not_set")
        if condition.operator not in ("contains", "eq", "ne", "in"):
            raise CannotSay("Places are there or not; they cannot be compared.")
        found = [_located(word, depth) for word in texts(condition.values)]
        rule = found[0] if len(found) == 1 else {"logic": "OR", "rules": found}
        return none_of(rule) if condition.is_negated or condition.operator == "ne" else rule

    return write


def _located(word: str, depth: int) -> Rule:
    parts = word.split("-", 2)
    if not re.fullmatch(r"[A-Za-z]{2}", parts[0]) or (depth == 0 and len(parts) > 1):
        raise CannotSay("A place begins with two letters of a country, like 'US' or 'US-NY'.")
    rules = [leaf("country", "eq", parts[0].upper())]
    if depth == 0:
        return rules[0]
    if depth == 1 and len(parts) > 1:
        rules.append(leaf("region", "eq", "-".join(parts[1:])))
    if depth == 2 and len(parts) > 2:
        rules.append(leaf("region", "eq", parts[1]))
    if depth == 2 and len(parts) > 1:
        spellings = {_SPLIT.sub(" ", parts[-1]), parts[-1]}
        rules.append(leaf("city", "in", sorted(spellings)))
    return {"logic": "AND", "rules": rules}


def _within(condition: Condition) -> Rule:
    """Write `customer_within_distance MATCHES (coordinates = '40.7,-74', distance_km = 5)`."""
    told = {part.filter.lower(): part.values[0] for part in condition.parameters if part.values}
    try:
        latitude, longitude = (float(part) for part in text(told["coordinates"]).split(","))
    except (KeyError, ValueError):
        raise CannotSay("The place needs coordinates like '40.7,-74.0'.") from None
    unit = "km" if "distance_km" in told else "mi"
    reach = told.get(f"distance_{unit}")
    if reach is None or not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise CannotSay("The place needs a distance and coordinates on this earth.")
    rule = leaf(
        "location",
        "within_distance",
        {"lat": latitude, "lon": longitude, unit: number(reach)},
    )
    return none_of(rule) if condition.is_negated else rule


CONSENTS = {
    "SUBSCRIBED": "subscribed",
    "UNSUBSCRIBED": "unsubscribed",
    "NOT_SUBSCRIBED": "not_subscribed",
    "PENDING": "pending",
}
SPENT = "Strata counts by your order policy and takes refunds off; Shopify counts by its own."
ADDRESS = "Shopify looks at every address of a customer, Strata at the main one."
CITY = f"{ADDRESS} Shopify writes cities without blanks: check the name."
CLAUSES: dict[str, Clause] = {
    "amount_spent": Clause(_ordered("total_spent", number), differs=SPENT),
    "number_of_orders": Clause(_ordered("total_orders", number), differs=SPENT),
    "customer_added_date": Clause(_ordered("customer_since", day)),
    "first_order_date": Clause(_ordered("first_order_date", day)),
    "last_order_date": Clause(_ordered("last_order_date", day)),
    "customer_tags": Clause(_tags),
    "customer_countries": Clause(_place(0), differs=ADDRESS),
    "customer_regions": Clause(_place(1), differs=ADDRESS),
    "customer_cities": Clause(_place(2), differs=CITY),
    "customer_email_domain": Clause(_words("email_domain")),
    "customer_language": Clause(_words("language")),
    "email_subscription_status": Clause(_words("email_consent", CONSENTS)),
    "sms_subscription_status": Clause(_words("sms_consent", CONSENTS)),
    "rfm_group": Clause(
        _words("attr.shopify_rfm_group"),
        ("attr.shopify_rfm_group",),
        "This is Shopify's own group as it was mirrored last, not Strata's RFM segment.",
    ),
    "predicted_spend_tier": Clause(
        _words("attr.shopify_spend_tier"),
        ("attr.shopify_spend_tier",),
        "This is Shopify's own guess as it was mirrored last.",
    ),
}
EVENTS: dict[str, Clause] = {
    "orders_placed": Clause(behaviour.orders_placed, differs=SPENT),
    "products_purchased": Clause(behaviour.products_purchased, differs=SPENT),
    "customer_within_distance": Clause(_within, differs=ADDRESS),
}
UNSAYABLE = {
    "abandoned_checkout_date": "Strata reads no abandoned checkouts from Shopify.",
    "customer_account_status": "Strata does not read whether an account is switched on.",
    "created_by_app_id": "Strata does not know which app made a customer.",
    "companies": "Strata does not read companies.",
    "product_subscription_status": "Strata does not read subscriptions of Shopify's.",
    "store_credit_accounts": "Strata does not read store credit.",
    "anniversary": "Strata reads no metafields. If you have the day as a birthday or a custom"
    " attribute, ask by that.",
    "metafields": "Strata reads no metafields. If the value is a custom attribute here, ask by"
    " that.",
    "storefront": "Strata does not see who looked at what in the shop.",
    "shopify_email": "Strata does not read Shopify's own mails. Opened and clicked mails come from"
    " Klaviyo or from a file of events.",
}
