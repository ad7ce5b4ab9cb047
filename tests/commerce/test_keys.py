"""Folded copies of a profile: what searches and rules compare."""

import pytest

from commerce.keys import key, tag_pairs
from commerce.models import Customer
from tests.commerce.factories import CustomerFactory


def test_folding_ignores_case_width_and_space():
    assert key("  ＺÜRICH ", length=100) == "zürich"


def test_a_key_never_outgrows_its_column():
    assert key("ß" * 100, length=100) == "s" * 100


def test_tags_keep_their_first_spelling_and_lose_the_empty():
    assert tag_pairs(["Wine", " wine ", "", "  ", "Öl"]) == (["Wine", "Öl"], ["wine", "öl"])


@pytest.mark.usefixtures("tenant")
def test_saving_some_fields_saves_their_keys():
    customer = CustomerFactory()
    customer.email, customer.city = " New@Example.test", "Kraków"

    customer.save(update_fields=["email", "city"])

    stored = Customer.objects.values_list("email_key", "city_key").get()
    assert stored == ("new@example.test", "kraków")
