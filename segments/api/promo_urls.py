"""The addresses of promo codes below /api/v1/."""

from django.urls import path

from segments.api.promo_checks import EligibilityMany, EligibilityOne
from segments.api.promo_codes import PromoCodeHistory, PromoCodeList, PromoCodeOne
from segments.api.promo_redemptions import RedemptionList, RedemptionOne

CODE = "promo-codes/<str:code>/"
urlpatterns = [
    path("promo-codes/", PromoCodeList.as_view(), name="promo_codes"),
    path("promo-codes/eligibility/", EligibilityMany.as_view(), name="promo_eligibility_many"),
    path(CODE, PromoCodeOne.as_view(), name="promo_code"),
    path(f"{CODE}eligibility/", EligibilityOne.as_view(), name="promo_eligibility"),
    path(f"{CODE}history/", PromoCodeHistory.as_view(), name="promo_history"),
    path(f"{CODE}redemptions/", RedemptionList.as_view(), name="promo_redemptions"),
    path(f"{CODE}redemptions/<path:key>/", RedemptionOne.as_view(), name="promo_redemption"),
]
