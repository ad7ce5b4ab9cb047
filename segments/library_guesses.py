"""What the library guesses of a store: which categories are healthy, which feature is the core."""

from django.db.models import Q

from commerce.models import CustomerHabits, Event

# In what the store sells, the words by which something healthy is called.
HEALTHY = ("salad", "bowl", "healthy", "light", "veg", "organic", "fruit", "juice", "smoothie")
FEATURES_READ = 50_000  # the latest uses: enough to tell which feature is used most


def healthy_guess() -> list[str]:
    """Return the categories of the store whose names sound healthy."""
    heard = Q()
    for word in HEALTHY:
        heard |= Q(favorite_category_key__contains=word)
    rows = CustomerHabits.objects.filter(heard).values_list("favorite_category_key", flat=True)
    return sorted(rows.order_by().distinct())[:50]


def feature_guess() -> str:
    """Return the feature that the latest events name most often."""
    latest = Event.objects.filter(name="feature_used").order_by("-pk").values("properties")
    uses: dict[str, int] = {}
    for row in latest[:FEATURES_READ]:
        feature = row["properties"].get("feature")
        if isinstance(feature, str) and feature:
            uses[feature] = uses.get(feature, 0) + 1
    return max(uses, key=lambda name: (uses[name], name), default="")[:200]
