"""What the API says of customers: numbers for all, names and addresses for those who may see."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from commerce.identity import own_ids
from commerce.models import (
    AttributeDefinition,
    Consent,
    Customer,
    CustomerIdentity,
    CustomerMetrics,
)
from tenants.web.answers import MoneyField

CONTACT = ("first_name", "last_name", "email", "phone")


class CustomerShape(serializers.Serializer[Any]):
    """A customer in a list. Names and addresses only with `customers:contact`."""

    id = serializers.IntegerField()
    customer_id = serializers.CharField(help_text="the id in the store's primary source")
    counts = serializers.BooleanField(help_text="false: left out of the base")
    orders = serializers.IntegerField()
    spent = MoneyField()
    refunded = MoneyField()
    first_order_on = serializers.DateField(allow_null=True)
    last_order_on = serializers.DateField(allow_null=True)
    country = serializers.CharField()
    is_vip = serializers.BooleanField()
    loyalty_tier = serializers.CharField()
    tags = serializers.ListField(child=serializers.CharField())
    email_consent = serializers.ChoiceField(choices=Consent.choices)
    sms_consent = serializers.ChoiceField(choices=Consent.choices)
    first_name = serializers.CharField(required=False)
    last_name = serializers.CharField(required=False)
    email = serializers.CharField(required=False)
    phone = serializers.CharField(required=False)


class IdentityShape(serializers.Serializer[CustomerIdentity]):
    """A source's id of a customer."""

    source = serializers.CharField()  # type: ignore[assignment]
    id = serializers.CharField(source="external_id", allow_null=True)


class OneCustomerShape(CustomerShape):
    """A customer with everything that is kept about them but their orders."""

    region = serializers.CharField()
    city = serializers.CharField()
    language = serializers.CharField()
    loyalty_points = serializers.IntegerField(allow_null=True)
    customer_since = serializers.DateTimeField(allow_null=True)
    left_out_as = serializers.CharField()
    identities = IdentityShape(many=True)
    attributes = serializers.DictField(
        help_text="declared ones; sensitive ones only with customers:contact"
    )
    birthday = serializers.DateField(required=False, allow_null=True)


def told(rows: Sequence[CustomerMetrics], *, sees: bool) -> list[dict[str, Any]]:
    """Return customers as a list shows them: two queries for their ids."""
    ids = own_ids([row.pk for row in rows])
    return [_one(row.customer, row, ids.get(row.pk, ""), sees=sees) for row in rows]


def told_whole(customer: Customer, *, sees: bool) -> dict[str, Any]:
    """Return one customer."""
    metrics = CustomerMetrics.objects.filter(pk=customer.pk).first() or CustomerMetrics(
        customer=customer, in_base=False
    )
    ids = own_ids([customer.pk])
    found = _one(customer, metrics, ids.get(customer.pk, ""), sees=sees)
    plain = ("region", "city", "language", "loyalty_points", "customer_since", "left_out_as")
    found |= {name: getattr(customer, name) for name in plain}
    found["identities"] = _identities(customer, sees=sees)
    found["attributes"] = _attributes(customer, sees=sees)
    return found | ({"birthday": customer.birthday} if sees else {})


def _one(
    customer: Customer, metrics: CustomerMetrics, own_id: str, *, sees: bool
) -> dict[str, Any]:
    found = {
        "id": customer.pk,
        "customer_id": "" if "@" in own_id and not sees else own_id,
        "counts": metrics.in_base,
        "orders": metrics.orders_count,
        "spent": metrics.spent,
        "refunded": metrics.refunded,
        "first_order_on": metrics.first_order_on,
        "last_order_on": metrics.last_order_on,
    }
    plain = ("country", "is_vip", "loyalty_tier", "tags", "email_consent", "sms_consent")
    found |= {name: getattr(customer, name) for name in plain}
    if sees:
        found |= {name: getattr(customer, name) for name in CONTACT}
    return dict(CustomerShape(found).data)


def _identities(customer: Customer, *, sees: bool) -> list[dict[str, Any]]:
    """Return source and id; an id that is an e-mail address is withheld like one."""
    rows = customer.identities.order_by("source", "external_id")
    return [
        {
            "source": row.source,
            "id": None if "@" in row.external_id and not sees else row.external_id,
        }
        for row in rows
    ]


def _attributes(customer: Customer, *, sees: bool) -> dict[str, Any]:
    known = AttributeDefinition.objects.all()
    shown = [one.key for one in known if sees or not one.is_sensitive]
    return {key: customer.attributes[key] for key in shown if key in customer.attributes}
