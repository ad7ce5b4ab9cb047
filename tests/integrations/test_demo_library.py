"""Every ready-made segment finds somebody in one of the demo stores, in the database itself."""

import pytest
from django.utils import timezone

from integrations.demo.filling import fill
from integrations.demo.merchants import MERCHANTS
from segments.models import Library, Segment
from segments.presets import PRESETS

COUNT = 400
# Merchant → whom its store is asked for.
FOUND = {
    "bistro": """
        vip_customers super_regulars new_customers at_risk_60 lapsed high_spenders lunch_crowd
        birthday_this_month email_subscribers loyalty_members dinner_regulars health_conscious
        recently_at_risk just_vip about_to_lapse tier_upgrade
        winback_campaign vip_upsell new_customer_nurture
    """,
    "demo": """
        anniversary winback_eligible vip_champions_loyal subscription_candidates high_value
        category_enthusiasts multi_category winback_list churn_prevention suppression_list
    """,
    "loop": """
        power_users core_users casual_users dormant_users feature_champions feature_explorers
        single_feature_users team_leaders solo_users collaborators trial_ending
    """,
}


def test_no_preset_is_left_unasked():
    asked = {key for keys in FOUND.values() for key in keys.split()}

    assert asked == {preset.key for preset in PRESETS if not preset.is_manual}


@pytest.mark.parametrize("merchant", FOUND)
def test_the_store_has_somebody_for_each(committed_tenant, merchant):
    today = timezone.now().astimezone(committed_tenant.zone).date()

    fill(committed_tenant, MERCHANTS[merchant], today=today, count=COUNT)

    counts = Library.current().counts
    lived = Segment.objects.filter(preset__in=("just_vip", "recently_at_risk"))
    counts |= dict(lived.values_list("preset", "members_count"))
    assert [key for key in FOUND[merchant].split() if not counts.get(key)] == []
