"""People of a product whose use is told by events, and passes over their scores."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from commerce import vocabulary
from commerce.models import AttributeDefinition, EventName
from segments.models import ScoreSettings
from segments.scoring.beside.run import compute_scores
from tests.commerce.factories import CustomerFactory, EventFactory, bring_up_to_date

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
TODAY = NOW.date()


class Product:
    """Tells events days ago, computes scores days later."""

    def know(self, *names, **properties):
        for name in names:
            EventName.objects.get_or_create(
                name=name, defaults={"label": name, "properties": properties}
            )

    def attribute(self, key, kind="text"):
        AttributeDefinition.objects.get_or_create(key=key, defaults={"label": key, "kind": kind})

    def does(self, customer, name, *days_ago, **properties):
        self.know(name)
        for days in days_ago:
            EventFactory(
                customer=customer,
                name=name,
                occurred_at=NOW - timedelta(days=days),
                properties=properties,
            )

    def set(self, model, **parameters):
        ScoreSettings.objects.update_or_create(model=model, defaults={"parameters": parameters})

    def count(self, days_later=0):
        bring_up_to_date(on=TODAY + timedelta(days=days_later))
        with connection.cursor() as cursor:
            for definition in AttributeDefinition.objects.all():
                vocabulary.learn_attribute(cursor, definition.key)

    def score(self, days_later=0, **options):
        self.count(days_later)
        return compute_scores(at=NOW + timedelta(days=days_later), **options)


@pytest.fixture
def product(tenant):
    made = Product()
    made.know("session")
    return made


@pytest.fixture
def user(product):
    return CustomerFactory()
