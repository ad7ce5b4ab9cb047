"""What the API's description says of promo codes."""

from rest_framework import serializers

from segments.api.promo_bodies import CheckBody, ManyBody, PromoBody, PromoChange, UseBody
from segments.api.promo_checks import CheckShape, EligibilityMany, EligibilityOne, VerdictShape
from segments.api.promo_codes import PromoCodeHistory, PromoCodeList, PromoCodeOne
from segments.api.promo_redemptions import RedemptionList, RedemptionOne
from segments.api.promo_shapes import PromoShape, PromoVersionShape, RedemptionShape
from segments.models import PromoCode
from tenants.web.telling import PAGING, page, query, shape, tell


class PlacedShape(VerdictShape):
    """One of many answers."""

    place = serializers.IntegerField(help_text="which of the customers it is about")


tell(
    PromoCodeList,
    "GET",
    page(PromoShape),
    parameters=[
        *PAGING,
        query("state", "of the code", enum=PromoCode.State.values),
        query("segment", "the id of one that the code names", type_=int),
        query("search", "in code and description"),
    ],
)
tell(
    PromoCodeList,
    "POST",
    PromoShape,
    status=201,
    request=PromoBody,
    example={"code": "VIP10", "discount": "percentage", "value": "10", "most_each": 1},
)
tell(PromoCodeOne, "GET", PromoShape)
tell(PromoCodeOne, "PATCH", PromoShape, request=PromoChange, example={"value": "15"})
tell(PromoCodeOne, "DELETE", None, status=204)
tell(PromoCodeHistory, "GET", page(PromoVersionShape), parameters=[*PAGING])
tell(
    EligibilityOne,
    "POST",
    CheckShape,
    request=CheckBody,
    example={"email": "ada@shop.test"},
)
tell(
    EligibilityMany,
    "POST",
    shape("Verdicts", as_of=serializers.DateTimeField(), results=PlacedShape(many=True)),
    request=ManyBody,
    example={"codes": ["VIP10"], "customers": [{"email": "ada@shop.test"}, {"customer": 12}]},
)
tell(RedemptionList, "GET", page(RedemptionShape), parameters=[*PAGING])
tell(
    RedemptionList,
    "POST",
    RedemptionShape,
    status=201,
    more={200: RedemptionShape},
    request=UseBody,
    example={"key": "order-1042", "email": "ada@shop.test", "check": "limits"},
)
tell(RedemptionOne, "DELETE", RedemptionShape)
