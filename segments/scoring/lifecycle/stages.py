"""The two sets of stages that ship: a shop's (sources 000 and 003), a product's (source 002).

First match wins, in this order (DECISIONS 28); the last stage of a set takes everybody else.
"""

from collections.abc import Callable
from dataclasses import dataclass

from segments.presets.writing import did, every, has, some
from segments.scoring.beside.rules import Known, Rule

COMMERCE, PRODUCT_LED = "commerce", "product_led"
SETS = ((COMMERCE, "A shop’s"), (PRODUCT_LED, "A product’s"))


@dataclass(frozen=True)
class Stage:
    """`criteria` says the rule in words, `priority` what matters for who is in it."""

    key: str
    label: str
    criteria: str
    priority: str
    rule: Callable[[Known], Rule | None]  # None: the store has not what it asks for


def _always(rule: Rule) -> Callable[[Known], Rule | None]:
    return lambda known: rule


def _churned(known: Known) -> Rule | None:
    rules = []
    if known.did("subscription_cancelled"):
        rules.append(has("days_since_churn", "lte", 90))
    elif known.has("attr.subscription_status") and known.has("attr.churned_on"):
        rules += [
            has("attr.subscription_status", "eq", "cancelled"),
            has("attr.churned_on", "in_last", "90_days"),
        ]
    return every(*rules) if rules else None


def _trial(known: Known) -> Rule | None:
    if known.did("trial_started"):
        return every(has("trial_days_remaining", "gte", 0))
    if known.has("attr.plan") and known.has("attr.trial_ends_on"):
        return every(has("attr.plan", "eq", "trial"), has("attr.trial_ends_on", "gte", "today"))
    return None


def _none_of(known: Known, *facts: tuple[str, str]) -> list[Rule]:
    """Return the rule that none of these (attribute, event) ever came true, where known."""
    rules = []
    for attribute, event in facts:
        if known.has(f"attr.{attribute}"):
            rules.append(has(f"attr.{attribute}", "is_true"))
        if known.did(event):
            rules.append(did(event))
    return [{"logic": "NONE", "rules": rules}] if rules else []


ONBOARDED = ("onboarding_completed", "onboarding_completed")
ACTED = ("first_action", "feature_used")


def _new_signup(known: Known) -> Rule | None:
    return every(has("days_since_signup", "lte", 1), *_none_of(known, ONBOARDED))


def _onboarding(known: Known) -> Rule | None:
    return every(has("days_since_signup", "lte", 7), *_none_of(known, ONBOARDED, ACTED))


def _engaged(known: Known) -> Rule | None:
    moments = [did("value_moment", "gte", 3)] if known.did("value_moment") else []
    return every(has("weekly_active", "is_true"), has("days_since_signup", "gt", 30), *moments)


def _paying(known: Known) -> Rule | None:
    if not known.has("attr.mrr"):
        return None
    plans = [has("attr.plan", "in", ["starter", "pro", "enterprise"])]
    return every(*(plans if known.has("attr.plan") else []), has("attr.mrr", "gt", 0))


def _activated(known: Known) -> Rule | None:
    rules = [has("attr.aha_moment_reached", "is_true")]
    rules = rules if known.has("attr.aha_moment_reached") else []
    rules += [did("aha_moment")] if known.did("aha_moment") else []
    return every(some(*rules), has("days_since_signup", "lte", 30)) if rules else None


STAGES: dict[str, tuple[Stage, ...]] = {
    COMMERCE: (
        Stage(
            "prospect", "Prospect", "No order that counts.",
            "Win the first order.", _always(every(has("total_orders", "eq", 0))),
        ),
        Stage(
            "new", "New", "First order in the last 30 days.",
            "Make the second order easy.",
            _always(every(has("first_order_date", "in_last", "30_days"))),
        ),
        Stage(
            "active", "Active", "Last order in the last 60 days.",
            "Keep the habit, raise the value.",
            _always(every(has("last_order_date", "in_last", "60_days"))),
        ),
        Stage(
            "at_risk", "At risk", "Last order 61 to 180 days ago.",
            "Call them back before they forget.",
            _always(every(has("last_order_date", "in_last", "180_days"))),
        ),
        Stage(
            "lapsed", "Lapsed", "Last order more than 180 days ago: churned.",
            "Win back who is worth it.",
            _always(every(has("last_order_date", "more_than_ago", "180_days"))),
        ),
    ),
    PRODUCT_LED: (
        Stage(
            "churned", "Churned", "Cancelled in the last 90 days.", "Win back.", _churned,
        ),
        Stage(
            "declining", "Declining", "Fewer sessions for two weeks in a row, or longer.",
            "Step in.",
            _always(
                every(
                    has("engagement_trend", "eq", "declining"), has("weeks_declining", "gte", 2)
                )
            ),
        ),
        Stage("trial", "Trial", "A trial that is running.", "Convert to paid.", _trial),
        Stage(
            "new_signup", "New signup", "Signed up yesterday or today, onboarding not completed.",
            "Activate at once.", _new_signup,
        ),
        Stage(
            "onboarding", "Onboarding", "Signed up in the last 7 days, and has done nothing yet.",
            "Guide to the first value.", _onboarding,
        ),
        Stage(
            "power_user", "Power user", "Engagement of 80 or more, 10 features or more.",
            "Expand, and let them speak for you.",
            _always(
                every(has("engagement_score", "gte", 80), has("features_used", "gte", 10))
            ),
        ),
        Stage(
            "engaged", "Engaged",
            "Active this week, signed up more than 30 days ago, three moments of value or more.",
            "Deepen the engagement.", _engaged,
        ),
        Stage("paying", "Paying", "On a paid plan.", "Keep and expand.", _paying),
        Stage(
            "activated", "Activated", "Reached the aha moment, signed up in the last 30 days.",
            "Build habits.", _activated,
        ),
        Stage(
            "other", "Other", "None of the above.", "Find out what would bring them back.",
            lambda known: None,
        ),
    ),
}  # fmt: skip
