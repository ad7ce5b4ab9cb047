"""Ten cohorts of an app: by how much they use it, what of it, and with whom. And trials that end.

A week is today and the six days before it.
"""

from segments.presets.preset import FAMILIES, PRESETS, Family, Preset, Rule, Told
from segments.presets.writing import always, did, every, has

FAMILY = FAMILIES.register(
    Family("app_users", "App users", "Cohorts of a product that people log in to.", 6)
)
WEEK = {"in_last": "6_days"}
USAGE = ("session", "session_started", "feature_used")
_USAGE = "the events session and feature_used."
_TEAM = "the events of working together: invite_sent, item_shared, comment_made, shared_view."


def _champions(told: Told) -> Rule | None:
    if not told.core_feature:
        return None
    core = every(has("prop.feature", "eq", told.core_feature))
    return every(did("feature_used", "gte", 10, where=core, window=WEEK))


_COHORTS = (
    Preset(
        "power_users",
        "Power users",
        "app_users",
        "At least 5 sessions and 50 actions a week, and 10 features or more.",
        always(
            has("weekly_sessions", "gte", 5),
            has("weekly_actions", "gte", 50),
            has("features_used", "gte", 10),
        ),
        expected=(5, 10),
        use="Expansion, references, beta tests.",
        needs=_USAGE,
        events=USAGE,
    ),
    Preset(
        "core_users",
        "Core users",
        "app_users",
        "2 to 4 sessions and 10 to 49 actions a week, 3 to 9 features.",
        always(
            has("weekly_sessions", "between", [2, 4]),
            has("weekly_actions", "between", [10, 49]),
            has("features_used", "between", [3, 9]),
        ),
        expected=(20, 30),
        use="Keep them: steady use, steady income.",
        needs=_USAGE,
        events=USAGE,
    ),
    Preset(
        "casual_users",
        "Casual users",
        "app_users",
        "One session and 1 to 9 actions a week, one or two features.",
        always(
            has("weekly_sessions", "eq", 1),
            has("weekly_actions", "between", [1, 9]),
            has("features_used", "between", [1, 2]),
        ),
        expected=(30, 40),
        use="Show them the next useful thing.",
        needs=_USAGE,
        events=USAGE,
    ),
    Preset(
        "dormant_users",
        "Dormant users",
        "app_users",
        "Were active once, and not for 14 days or more.",
        always(has("days_since_last_active", "gte", 14)),
        expected=(15, 25),
        use="Call them back before they forget.",
        needs=_USAGE,
        events=USAGE,
    ),
    Preset(
        "feature_champions",
        "Feature champions",
        "app_users",
        "Used your core feature at least 10 times this week.",
        _champions,
        use="Feedback on the feature, case studies.",
        needs=_USAGE,
        events=USAGE,
    ),
    Preset(
        "feature_explorers",
        "Feature explorers",
        "app_users",
        "Tried at least 5 features within 30 days of signing up.",
        always(has("features_used", "gte", 5), has("days_since_signup", "lte", 30)),
        use="Learn from them what first steps should look like.",
        needs=_USAGE,
        events=USAGE,
    ),
    Preset(
        "single_feature_users",
        "Single-feature users",
        "app_users",
        "At least 2 sessions a week, all for one feature.",
        always(has("features_used", "eq", 1), has("weekly_sessions", "gte", 2)),
        use="Campaigns that show a second feature.",
        needs=_USAGE,
        events=USAGE,
    ),
    Preset(
        "team_leaders",
        "Team leaders",
        "app_users",
        "Sent at least 3 invites and shared at least 5 items.",
        always(did("invite_sent", "gte", 3), did("item_shared", "gte", 5)),
        use="Expansion, features for administrators.",
        needs=_TEAM,
    ),
    Preset(
        "solo_users",
        "Solo users",
        "app_users",
        "A team of one, 30 days or more after signing up.",
        always(has("team_size", "eq", 1), has("days_since_signup", "gte", 30)),
        use="Campaigns that bring the team in.",
        needs="the custom attribute team_size.",
    ),
    Preset(
        "collaborators",
        "Collaborators",
        "app_users",
        "Wrote at least 5 comments and opened at least 10 shared views.",
        always(did("comment_made", "gte", 5), did("shared_view", "gte", 10)),
        use="Features for working together.",
        needs=_TEAM,
    ),
    Preset(
        "trial_ending",
        "Trial ending",
        "app_users",
        "Their trial ends within 7 days.",
        always(has("trial_days_remaining", "between", [0, 7])),
        use="What they achieved, what they would lose, how to stay.",
        needs="the event trial_started.",
        events=("trial_started",),
    ),
)
for _preset in _COHORTS:
    PRESETS.register(_preset)
