"""The signals a PQL score ships with: points and meanings of source 002, written for the store.

A signal whose data the store has not is shown, and counts neither way.
"""

from collections.abc import Callable
from dataclasses import dataclass

from segments.presets.writing import did, every, has, some
from segments.scoring.beside.rules import Known, Rule

GROUPS = (("behaviour", "Behaviour"), ("fit", "Fit"), ("engagement", "Engagement"))


@dataclass(frozen=True)
class Signal:
    """`points` in a group, or a `multiplier` of the whole score for a signal of urgency."""

    key: str
    label: str
    group: str  # behaviour, fit, engagement; "" is urgency
    worth: str  # points, or the multiplier
    rule: Callable[[Known], Rule | None]


def _event(name: str, count: int = 1) -> Callable[[Known], Rule | None]:
    return lambda known: every(did(name, "gte", count)) if known.did(name) else None


def _told(attribute: str, event: str) -> Callable[[Known], Rule | None]:
    """Known from a yes of the attribute, or from the event."""

    def rule(known: Known) -> Rule | None:
        rules = [has(f"attr.{attribute}", "is_true")] if known.has(f"attr.{attribute}") else []
        rules += [did(event)] if known.did(event) else []
        return some(*rules) if rules else None

    return rule


def _attribute(key: str, operator: str, value: object) -> Callable[[Known], Rule | None]:
    return lambda known: every(has(key, operator, value)) if known.has(key) else None


def _daily(known: Known) -> Rule | None:
    """24 days with a session of the last 28, what engagement calls daily."""
    if not known.did("session"):
        return None
    window, measure = {"in_last": "27_days"}, "count_distinct:occurred_on"
    return every(did("session", "gte", 24, window=window, measure=measure))


def _trial_ends(known: Known) -> Rule | None:
    if known.did("trial_started"):
        return every(has("trial_days_remaining", "between", [0, 7]))
    if known.has("attr.trial_ends_on"):
        return every(has("attr.trial_ends_on", "in_next", "7_days"))
    return None


SIGNALS = (
    Signal(
        "completed_onboarding", "Completed onboarding", "behaviour", "15",
        _told("onboarding_completed", "onboarding_completed"),
    ),
    Signal(
        "reached_aha_moment", "Reached the aha moment", "behaviour", "20",
        _told("aha_moment_reached", "aha_moment"),
    ),
    Signal(
        "used_premium_feature", "Used a premium feature", "behaviour", "10",
        _event("premium_feature_used"),
    ),
    Signal(
        "invited_team_member", "Invited a team member", "behaviour", "15", _event("invite_sent")
    ),
    Signal(
        "integrated_tool", "Integrated a tool", "behaviour", "10", _event("tool_integrated")
    ),
    Signal("daily_active_user", "Active daily", "behaviour", "10", _daily),
    Signal(
        "created_items", "Created 10 items", "behaviour", "10", _event("item_created", 10)
    ),
    Signal(
        "company_size_fit", "Company of 10 to 500", "fit", "15",
        _attribute("attr.company_size", "between", [10, 500]),
    ),
    Signal(
        "industry_fit", "Tech or SaaS company", "fit", "10",
        _attribute("attr.industry", "in", ["tech", "saas"]),
    ),
    Signal(
        "job_title_fit", "Manager, director or VP", "fit", "10",
        _attribute("attr.job_title", "in", ["manager", "director", "vp"]),
    ),
    Signal(
        "visited_pricing_page", "Visited the pricing page", "engagement", "10",
        _event("pricing_page_viewed"),
    ),
    Signal(
        "clicked_upgrade", "Clicked “upgrade”", "engagement", "15", _event("upgrade_clicked")
    ),
    Signal(
        "engaged_with_sales", "Opened sales content", "engagement", "10",
        _event("sales_content_opened"),
    ),
    Signal("trial_ending", "Trial ends within 7 days", "", "1.2", _trial_ends),
    Signal(
        "pricing_views", "Viewed prices again and again", "", "1.15",
        _event("pricing_page_viewed", 2),
    ),
    Signal(
        "competitor_comparison", "Compared competitors", "", "1.1",
        _event("competitor_compared"),
    ),
)  # fmt: skip
MOST = 60  # signals of a score: a bit each in one number
