"""`customers/` and `customers/{customer}/`: list, read, and change what staff may change."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.admin.customer_filters import CustomerFilters, narrow
from commerce.api.customer_shapes import CustomerShape, OneCustomerShape, told, told_whole
from commerce.api.finding import customer_of
from commerce.attributes import LONGEST
from commerce.edits import EditRefused, edit
from commerce.models import AttributeDefinition
from commerce.patience import TooSlowError, patience
from tenants.web.bodies import Body, read_body
from tenants.web.problems import Fault, Problem, Refusal, invalid, translate
from tenants.web.scopes import sees_contact
from tenants.web.views import ApiView

WAIT_MS = 5_000
PAGING = ("limit", "cursor")
MOST_TAGS = 100
translate(EditRefused, lambda error: invalid(Fault(str(error))))


class CustomerChange(Body):
    """What of a customer is to be different."""

    is_vip = serializers.BooleanField(required=False)
    loyalty_tier = serializers.CharField(required=False, max_length=64, allow_blank=True)
    loyalty_points = serializers.IntegerField(required=False, allow_null=True)
    add_tags = serializers.ListField(
        child=serializers.CharField(max_length=255), required=False, max_length=MOST_TAGS
    )
    remove_tags = serializers.ListField(
        child=serializers.CharField(max_length=255), required=False, max_length=MOST_TAGS
    )
    attributes = serializers.DictField(required=False, help_text="null takes one away")


class CustomerList(ApiView):
    """Customers by number, narrowed as the customers page narrows them."""

    scopes = {"GET": ("customers:read",)}
    more_with = ("customers:contact",)
    serializer_class = CustomerShape

    def get(self, request: Request) -> Response:
        """List customers who count; `?left_out=any` the others, `?q=` finds both."""
        sees = sees_contact(request)
        try:
            with patience(WAIT_MS):
                rows = narrow(_asked(request), sees_contact=sees).select_related("customer")
                page = self.page(rows, lambda row: row)
                page.data["results"] = told(page.data["results"], sees=sees)
        except TooSlowError:
            words = "This takes too long. Add another filter."
            raise Refusal(Problem(503, words, headers={"Retry-After": "60"})) from None
        return page


class CustomerOne(ApiView):
    """One customer, by our id or, with `?source=`, by that source's."""

    scopes = {"GET": ("customers:read",), "PATCH": ("customers:write",)}
    more_with = ("customers:contact",)
    serializer_class = OneCustomerShape

    def get(self, request: Request, customer: str) -> Response:
        """Read a customer with their attributes and ids."""
        return Response(told_whole(customer_of(customer, request), sees=sees_contact(request)))

    def patch(self, request: Request, customer: str) -> Response:
        """Change attributes, tags, VIP or loyalty; sources overwrite it only with newer data."""
        sees, row = sees_contact(request), customer_of(customer, request)
        sent = read_body(CustomerChange, request)
        _check_attributes(sent.get("attributes", {}), sees=sees)
        if sent:
            edit([row.pk], changes=sent, by=request.user, at=timezone.now())
            row.refresh_from_db()
        return Response(told_whole(row, sees=sees))


def _asked(request: Request) -> dict[str, Any]:
    given = {name: value for name, value in request.query_params.items() if name not in PAGING}
    form = CustomerFilters(given)
    known = [name for name in form.fields if name != "anywhere"]
    if unknown := [name for name in given if name not in known]:
        words = f"There is no filter “{unknown[0][:60]}”. There are: {', '.join(known)}."
        raise Refusal(invalid(Fault(words, (unknown[0][:60],))))
    if not form.is_valid():
        faults = [(name, words) for name, lines in form.errors.items() for words in lines]
        raise Refusal(invalid(*(Fault(str(words), (name,)) for name, words in faults)))
    return form.cleaned_data


def _check_attributes(sent: dict[str, Any], *, sees: bool) -> None:
    """Refuse what the admin's boxes would refuse: too long, or sensitive and not theirs to see."""
    for name, value in sent.items():
        if len(str(value)) > LONGEST:
            words = f"Use at most {LONGEST:,} characters."
            raise Refusal(invalid(Fault(words, ("attributes", name[:60]))))
    hidden = AttributeDefinition.objects.filter(key__in=sent, is_sensitive=True)
    if not sees and (one := hidden.first()):
        words = f"“{one.key}” is sensitive; this caller may not change it."
        raise Refusal(Problem(403, words, [Fault(words, ("attributes", one.key))]))
