"""Whom every ready-made segment of the sources looks for, as plain questions about one person."""

from datetime import timedelta

from segments.scoring.rfm.maps import MAPS


def birthday_in(person, today, days):
    if not person.birthday:
        return False
    return any(
        (person.birthday.month, person.birthday.day) == (day.month, day.day)
        for day in (today + timedelta(days=step) for step in range(days + 1))
    )


def tier_by_map(known):
    tiers = {"champions": 4, "loyal": 3, "potential": 2, "promising": 1}
    return tiers.get(MAPS["standard_11"].cells.get(known.rfm(), ""), 0) if known.orders else 0


def stored_tier(person):
    return ["", "Bronze", "Silver", "Gold", "Platinum"].index(person.tier)


def healthy_share(known):
    healthy = sum(
        any(line.product.category in ("Salads", "Bowls") for line in order.lines)
        for order in known.orders
    )
    return healthy / len(known.orders) if known.orders else 0


def before_last(known):
    """Orders a month in the 90 days that end with the last order."""
    last = known.ago(-1)
    return (known.within(last + 90)) / 3


def sends(known):
    return known.person.email_consent == "subscribed"


def signed_up(known):
    return (known.today - known.person.since.date()).days


def trial_left(known):
    ends = known.person.attributes.get("trial_ends_on")
    return (ends - known.today).days if ends else 10**6


SOURCE_003 = {  # by the bistro
    "super regulars": lambda k: k.within(90) / 3 >= 8,
    "new customers": lambda k: k.ago(0) < 30,
    "at risk": lambda k: 60 < k.ago(-1) <= 180,
    "lapsed": lambda k: 180 < k.ago(-1) < 10**6,
    "high spenders": lambda k: k.average > 100,
    "birthday in the coming weeks": lambda k: birthday_in(k.person, k.today, 21),
    "e-mail subscribers": sends,
    "loyalty members": lambda k: k.person.tier and k.person.points,
    "lunch crowd": lambda k: len(k.orders) >= 3 and k.share(hours={11, 12, 13}) >= 0.6,
    "dinner regulars": lambda k: len(k.orders) >= 3 and k.share(hours={17, 18, 19, 20}) >= 0.6,
    "weekend people": lambda k: len(k.orders) >= 3 and k.share(weekdays={6, 7}) >= 0.6,
    "weekday people": lambda k: len(k.orders) >= 3 and k.share(weekdays={6, 7}) == 0,
    "health-conscious": lambda k: len(k.orders) >= 2 and healthy_share(k) >= 0.5,
    "recently at risk": lambda k: 61 <= k.ago(-1) <= 67,
    "just reached VIP": lambda k: k.orders and k.orders[-1].items > 100_000 and k.ago(-1) <= 7,
    "about to lapse": lambda k: 45 <= k.ago(-1) <= 59,
    "tier upgrade": lambda k: tier_by_map(k) > stored_tier(k.person) > 0,
    "win-back campaign": lambda k: (
        30 <= k.ago(-1) <= 60 and before_last(k) >= 2 and k.spent > 200 and sends(k)
    ),
    "VIP upsell": lambda k: (
        k.spent > 1_000 and stored_tier(k.person) >= 3 and not k.counts("category")["Wine"]
    ),
    "new customer nurture": lambda k: k.ago(0) <= 7 and k.average > 50 and sends(k),
    "vegans": lambda k: "vegan" in k.person.attributes.get("dietary_preference", ()),
    "gluten-free": lambda k: "gluten-free" in k.person.attributes.get("dietary_preference", ()),
    "special occasions": lambda k: k.person.attributes.get("special_occasions"),
    "reviewers": lambda k: k.person.reviews and k.did("review_left"),
    "advocates": lambda k: k.person.referrals >= 2 and k.did("referral_made") >= 2,
    "followers": lambda k: k.person.follows,
    "VIP by hand": lambda k: k.person.is_vip,
    "neighbours": lambda k: abs(k.person.latitude - 51.4545) < 0.02,
    "guests from afar": lambda k: abs(k.person.latitude - 51.4545) > 1,
    "SMS people": lambda k: k.person.channel == "sms" and k.person.sms_consent == "subscribed",
    "openers": lambda k: k.did("email_opened", days=90) >= 2,
}
SOURCE_000 = {  # by the organics shop
    "anniversary": lambda k: 365 <= k.ago(0) <= 371,
    "win-back": lambda k: 90 <= k.ago(-1) < 10**6 and k.spent > 50,
    "subscription candidates": lambda k: max(k.counts("name").values(), default=0) >= 3,
    "category enthusiasts": lambda k: max(k.counts("category").values(), default=0) >= 5,
    "multi-category": lambda k: len(k.counts("category")) >= 3,
    "VIP champions or loyal": lambda k: tier_by_map(k) >= 3 and k.spent >= 500,
    "high-value champions": lambda k: tier_by_map(k) == 4 and k.spent >= 300,
    "VIP upsell": SOURCE_003["VIP upsell"],
    "prospects": lambda k: not k.orders,
    "new": lambda k: k.ago(0) <= 30,
    "active": lambda k: k.ago(-1) <= 60,
    "suppression": lambda k: (
        k.did("email_received", kind="reactivation")
        and not k.did("email_opened", days=52)
        and k.ago(-1) > 180
    ),
}
SOURCE_002 = {  # by the app
    "power users": lambda k: (
        k.did("session", days=6) >= 5 and k.did("feature_used", days=6) >= 50
        and len(k.features()) >= 10
    ),
    "core users": lambda k: (
        2 <= k.did("session", days=6) <= 4 and 10 <= k.did("feature_used", days=6) <= 49
        and 3 <= len(k.features()) <= 9
    ),
    "casual users": lambda k: (
        k.did("session", days=6) == 1 and 1 <= k.did("feature_used", days=6) <= 9
        and 1 <= len(k.features()) <= 2
    ),
    "dormant users": lambda k: 14 <= k.idle() < 10**6,
    "feature champions": lambda k: k.did("feature_used", days=6, feature="boards") >= 10,
    "feature explorers": lambda k: len(k.features()) >= 5 and signed_up(k) <= 30,
    "single-feature users": lambda k: len(k.features()) == 1 and k.did("session", days=6) >= 2,
    "team leaders": lambda k: k.did("invite_sent") >= 3 and k.did("item_shared") >= 5,
    "solo users": lambda k: k.person.attributes["team_size"] == 1 and signed_up(k) >= 30,
    "collaborators": lambda k: k.did("comment_made") >= 5 and k.did("shared_view") >= 10,
    "new signups": lambda k: signed_up(k) <= 1 and not k.person.attributes["onboarding_completed"],
    "onboarding": lambda k: 2 <= signed_up(k) <= 7 and not k.person.attributes["first_action"],
    "activated": lambda k: k.person.attributes["aha_moment_reached"] and signed_up(k) <= 30,
    "engaged": lambda k: k.did("value_moment") >= 3 and signed_up(k) > 30 and k.idle() <= 7,
    "trial": lambda k: k.person.attributes["plan"] == "trial",
    "trial ending": lambda k: trial_left(k) <= 7,
    "paying": lambda k: k.person.attributes["mrr"] > 0,
    "declining": lambda k: (
        k.did("session", days=6) < k.did("session", days=13) - k.did("session", days=6)
        < k.did("session", days=20) - k.did("session", days=13)
    ),
    "churned": lambda k: (
        k.person.attributes["subscription_status"] == "cancelled"
        and (k.today - k.person.attributes["churned_on"]).days <= 90
        and k.did("subscription_cancelled")
    ),
    "ready to buy": lambda k: (
        k.did("pricing_page_viewed") > 1 and k.did("upgrade_clicked")
        and k.did("competitor_compared") and k.did("premium_feature_used")
        and k.did("item_created") >= 10 and k.did("tool_integrated") and k.did("aha_moment")
        and trial_left(k) <= 7 and k.person.attributes["industry"] == "saas"
    ),
    "active today": lambda k: k.idle() == 0,
    "dear and silent": lambda k: k.person.attributes["mrr"] >= 200 and 7 <= k.idle() <= 90,
    "asked for help": lambda k: k.did("support_ticket_opened"),
    "never came": lambda k: k.idle() == 10**6,
}  # fmt: skip
TABLES = {"bistro": SOURCE_003, "demo": SOURCE_000, "loop": SOURCE_002}
