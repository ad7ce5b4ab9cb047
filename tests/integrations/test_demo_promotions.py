"""The demo merchants' promo codes: for their RFM segments, some used, made once."""

from datetime import date

from integrations.demo.promotions import make_codes
from segments.models import PromoCode, Redemption
from segments.services import compute_rfm
from tests.segments.api_shop import open_shop


def test_a_handful_of_codes_is_made_once(tenant):
    open_shop()
    compute_rfm()

    for _ in range(2):
        make_codes(today=date(2026, 11, 20))

    codes = list(PromoCode.objects.order_by("pk").values_list("code", "version"))
    assert codes == [
        ("VIP10", 1),
        ("COMEBACK15", 1),
        ("WELCOME", 1),
        ("NEWYEAR5", 1),
        ("LASTMONTH20", 1),
    ]
    vip = PromoCode.objects.get(code="VIP10")
    assert vip.redeemed_count == Redemption.objects.filter(code=vip).count()
