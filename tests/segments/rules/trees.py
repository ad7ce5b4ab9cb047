"""Random rules for the laws, in the notation that users write."""

from hypothesis import strategies as st

# The same lengths as world.AGES, so that edges are met and not only passed.
SPANS = st.sampled_from(
    ["0_days", "1_day", "7_days", "1_week", "30_days", "31_days", "1_month", "2_months", "60_days"]
)
NUMBERS = st.sampled_from([0, 1, 2, 3, 5, 40, 80, "79.99", 45, 200])
DAYS = st.sampled_from(
    ["today", "yesterday", "30_days_ago", "3_months_ago", "2026-03-29", "2026-01-01", "2026-05-31"]
)
TEXTS = st.sampled_from(["łódź", "YORK", "strasse", "Straße", "gb", "GOLD", "o", "web", "Tea"])


def leaf(fields, operators, value):
    return st.builds(
        lambda f, o, v: {"field": f, "operator": o, "value": v},
        st.sampled_from(fields),
        st.sampled_from(operators),
        value,
    )


def pair(values, key=lambda value: value):
    return st.lists(values, min_size=2, max_size=2).map(lambda items: sorted(items, key=key))


def number_leaf(fields):
    return st.one_of(
        leaf(fields, ["eq", "ne", "gt", "gte", "lt", "lte"], NUMBERS),
        leaf(fields, ["between"], pair(st.integers(0, 100))),
        leaf(fields, ["is_set", "is_not_set"], st.none()),
    )


def date_leaf(fields):
    return st.one_of(
        leaf(fields, ["eq", "ne", "gt", "gte", "lt", "lte"], DAYS),
        leaf(fields, ["in_last", "more_than_ago"], SPANS),
        leaf(fields, ["in_period"], st.just("this_month")),
        leaf(fields, ["is_set", "is_not_set"], st.none()),
        leaf(
            fields,
            ["between_ago"],
            pair(st.integers(0, 90)).map(lambda two: [f"{n}_days" for n in two]),
        ),
    )


def text_leaf(fields):
    return st.one_of(
        leaf(fields, ["eq", "ne", "contains", "not_contains", "starts_with", "ends_with"], TEXTS),
        leaf(fields, ["in", "not_in"], st.lists(TEXTS, min_size=1, max_size=3)),
        leaf(fields, ["is_set", "is_not_set"], st.none()),
    )


SHARES = st.sampled_from([0, 20, "33.33", 50, 100])
CATEGORIES = st.lists(st.sampled_from(["TEA", "wine", "x"]), min_size=1, max_size=2)
TAGS = st.lists(st.sampled_from(["vegan", "GOLD", "ärzte", "x"]), min_size=1, max_size=2)
LEAVES = st.one_of(
    number_leaf(
        [
            "total_orders",
            "total_spent",
            "average_order_value",
            "orders_90d",
            "loyalty_points",
            "days_since_last_order",
            "age",
            "days_since_signup",
            "distinct_categories",
        ]
    ),
    leaf(["lunch_share"], ["eq", "ne", "gt", "gte", "lt", "lte"], SHARES),
    text_leaf(["favorite_category"]),
    leaf(["categories_bought"], ["has_any", "has_all", "has_none"], CATEGORIES),
    date_leaf(["first_order_date", "last_order_date", "customer_since"]),
    text_leaf(["country", "city", "loyalty_tier"]),
    leaf(["is_vip"], ["is_true", "is_false", "is_not_true", "is_set"], st.none()),
    leaf(["tags"], ["has_any", "has_all", "has_none"], TAGS),
    leaf(["tags"], ["is_set", "is_not_set"], st.none()),
    leaf(["birthday"], ["anniversary_in_next", "anniversary_in_last"], SPANS),
    leaf(["birthday"], ["anniversary_today", "is_set"], st.none()),
    leaf(["birthday"], ["anniversary_month_is"], st.just("this_month")),
    leaf(["email_consent"], ["eq", "ne"], st.sampled_from(["subscribed", "unsubscribed"])),
)
NEGATIVES = st.one_of(
    leaf(["country", "city", "loyalty_tier"], ["ne", "not_contains"], TEXTS),
    leaf(["tags"], ["has_none"], TAGS),
    leaf(["loyalty_points", "days_since_last_order"], ["ne"], NUMBERS),
).map(lambda rule: rule | {"unknown": "exclude"})
WINDOWS = st.one_of(
    st.just({}),
    SPANS.map(lambda span: {"in_last": span}),
    SPANS.map(lambda span: {"more_than_ago": span}),
    st.just({"in_period": "this_month"}),
)


def behaviour(did, filters, measures):
    where = st.one_of(
        st.none(),
        st.builds(
            lambda logic, rules: {"logic": logic, "rules": rules},
            st.sampled_from(["AND", "OR", "NONE"]),
            st.lists(filters, min_size=1, max_size=2),
        ),
    )
    compared = st.one_of(
        st.tuples(
            st.sampled_from(["eq", "ne", "gt", "gte", "lt", "lte"]),
            st.sampled_from([0, 1, 2, 3, 7, 30, 31, 45]),
        ),
        st.tuples(st.just("between"), pair(st.integers(0, 60))),
    )
    return st.builds(
        lambda where, window, measure, asked: {
            "did": did,
            "measure": measure,
            "operator": asked[0],
            "value": asked[1],
            **({"where": where} if where else {}),
            **({"window": window} if window else {}),
        },
        where,
        WINDOWS,
        st.sampled_from(measures),
        compared,
    )


BEHAVIOURS = st.one_of(
    behaviour(
        "order",
        st.one_of(text_leaf(["channel"]), number_leaf(["hour", "total"])),
        [
            "count",
            "sum:total",
            "max:total",
            "min:hour",
            "orders_percent",
            "days_since_last",
            "days_since_first",
        ],
    ),
    behaviour(
        "order_line",
        st.one_of(text_leaf(["category", "order.channel"]), number_leaf(["quantity"])),
        ["count", "count_distinct:category", "sum:quantity", "orders_percent"],
    ),
    behaviour("opened", text_leaf(["prop.mail"]), ["count", "days_since_last"]),
)
MEMBERS = st.one_of(LEAVES, NEGATIVES, BEHAVIOURS)


def group(members):
    return st.builds(
        lambda logic, rules, off: {
            "logic": logic,
            "rules": [r | {"disabled": True} if n in off else r for n, r in enumerate(rules)],
        },
        st.sampled_from(["AND", "OR", "NONE"]),
        st.lists(members, min_size=1, max_size=3),
        st.sets(st.integers(1, 5), max_size=1),
    )


RULES = group(st.one_of(MEMBERS, group(st.one_of(MEMBERS, group(MEMBERS)))))
LEAF_RULES = MEMBERS.map(lambda rule: {"logic": "AND", "rules": [rule]})
BATCHES = st.lists(st.one_of(LEAF_RULES, LEAF_RULES, RULES), min_size=30, max_size=30)
