"""A small shop and its segments, for the tests of the API."""

import json
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from commerce.models import DataSource
from segments.definitions import save_segment
from segments.refreshing import refresh_segment
from segments.services import local_today
from tests.commerce.factories import (
    CustomerFactory,
    CustomerIdentityFactory,
    OrderFactory,
    bring_up_to_date,
)

API = "/api/v1/"
READ = ("segments:read", "customers:read")
EVERYTHING = (*READ, "segments:write", "scores:write", "customers:contact")
SPENDERS = {"field": "total_spent", "operator": "gte", "value": 100, "id": "a"}
NAMED = {"field": "email", "operator": "eq", "value": "ada@shop.test"}


def open_shop():
    """Ada spent 150, Ben 20, Cleo nothing; the till knows them by their first names."""
    DataSource.objects.create(key="till", label="Till", is_primary=True)
    people = []
    for name, spent in (("Ada", 150), ("Ben", 20), ("Cleo", 0)):
        customer = CustomerFactory(first_name=name, email=f"{name.lower()}@shop.test")
        CustomerIdentityFactory(customer=customer, source="till", external_id=f"till/{name}")
        if spent:
            moment = timezone.now() - timedelta(days=3)
            OrderFactory(customer=customer, total=Decimal(spent), placed_at=moment)
        people.append(customer)
    bring_up_to_date(on=local_today())
    return people


def make_segment(name="Spenders", rules=SPENDERS, **options):
    """Save a rule segment and count its members."""
    segment = save_segment(name=name, rules=rules, by=None, **options)
    refresh_segment(segment, at=timezone.now(), cause="definition")
    segment.refresh_from_db()
    return segment


def send(client, method, path, body):
    """Send JSON to an address below /api/v1/."""
    return getattr(client, method)(API + path, json.dumps(body), content_type="application/json")
