"""Answers kept for repeated writes forget whom an erasure names, and still are not done twice."""

from django.db import connection
from django.utils import timezone

from commerce.api.privacy import _erase
from commerce.erasure.parts import Moment, people
from segments.services import local_today
from tenants.access.models import Answer
from tests.segments.api_shop import API, open_shop
from tests.tenants.api_keys import api


def test_an_erasure_empties_their_answers_alone(tenant):
    ada, ben, _ = open_shop()
    client = api("customers:write", "customers:contact")
    for customer in (ada, ben):
        client.patch(
            f"{API}customers/{customer.pk}/",
            {"is_vip": True},
            content_type="application/json",
            headers={"Idempotency-Key": f"vip-{customer.pk}"},
        )

    with connection.cursor() as cursor:
        count = _erase(cursor, people([ada.pk]), Moment(timezone.now(), local_today()))

    left = {one.key: one.body is None for one in Answer.objects.all()}
    assert (count, left) == (1, {f"vip-{ada.pk}": True, f"vip-{ben.pk}": False})
