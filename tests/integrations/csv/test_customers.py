"""import_customers takes every field; blanks keep what is known."""

from datetime import UTC, date, datetime

from django.forms import model_to_dict

from commerce.models import AttributeDefinition, Customer, CustomerMetrics
from integrations.csv.fields import Kind

HEADER = (
    "customer_id,email,phone,first_name,last_name,country,region,city,postal_code,language,"
    "birthday,customer_since,latitude,longitude,email_consent,email_consent_at,sms_consent,"
    "sms_consent_at,communication_channel,tags,is_vip,loyalty_tier,loyalty_points,reviews_count,"
    "referrals_count,follows_social,attr.diet,attr.shoe size\n"
)
ANN = (
    "77,Ann@Example.test,+44 20 7946 0000,Ann,Ash,United Kingdom,Kent,Dover,CT16,EN,"
    "1990-05-14,2024-03-01 10:00:00,51.13,1.31,subscribed,2024-03-01,no,2024-03-02,email,"
    '"Press, Wholesale ,press",yes,Gold,120,3,2,no,vegan,41.5\n'
)


def test_every_field_of_a_customer_is_taken(load):
    file = load(HEADER + ANN, kind=Kind.CUSTOMERS)

    assert file.counts["rejected"] == 0
    ann = model_to_dict(Customer.objects.get(), exclude=["id", "source_at", "staff_set_at"])
    assert ann == {
        "first_name": "Ann", "last_name": "Ash", "email": "Ann@Example.test",
        "email_key": "ann@example.test", "phone": "+44 20 7946 0000", "phone_key": "442079460000",
        "name_key": "ann ash", "last_name_key": "ash", "country": "GB", "region": "Kent",
        "region_key": "kent", "city": "Dover", "city_key": "dover", "postal_code": "CT16",
        "latitude": 51.13, "longitude": 1.31, "language": "en", "birthday": date(1990, 5, 14),
        "customer_since": datetime(2024, 3, 1, 10, tzinfo=UTC), "email_consent": "subscribed",
        "email_consent_at": datetime(2024, 3, 1, tzinfo=UTC), "sms_consent": "not_subscribed",
        "sms_consent_at": datetime(2024, 3, 2, tzinfo=UTC), "communication_channel": "email",
        "tags": ["Press", "Wholesale"], "tag_keys": ["press", "wholesale"], "is_vip": True,
        "loyalty_tier": "Gold", "tier_key": "gold", "loyalty_points": 120, "reviews_count": 3,
        "referrals_count": 2, "follows_social": False,
        "attributes": {"diet": "vegan", "shoe_size": 41.5},
        "left_out_as": "", "left_out_by_hand": None, "merged_into": None, "erased_at": None,
    }  # fmt: skip
    assert CustomerMetrics.objects.get().country == "GB"


def test_custom_attributes_are_declared_with_the_kind_their_values_have(load):
    load(HEADER + ANN, kind=Kind.CUSTOMERS)

    assert dict(AttributeDefinition.objects.values_list("key", "kind")) == {
        "diet": "text",
        "shoe_size": "number",
    }


def test_a_blank_cell_keeps_what_is_known_and_a_filled_one_replaces_it(load):
    load(HEADER + ANN, kind=Kind.CUSTOMERS)

    file = load("customer_id,city,country\n77,Paris,\n", kind=Kind.CUSTOMERS)

    ann = Customer.objects.get()
    assert (ann.city, ann.city_key, ann.country, ann.name_key) == (
        "Paris",
        "paris",
        "GB",
        "ann ash",
    )
    assert file.counts["customers_changed"] == 1
    assert CustomerMetrics.objects.get().city_key == "paris"


def test_one_half_of_a_name_keeps_the_other_findable(load):
    load(HEADER + ANN, kind=Kind.CUSTOMERS)

    load("customer_id,last_name\n77,Oak\n", kind=Kind.CUSTOMERS)

    ann = Customer.objects.get()
    assert (ann.first_name, ann.name_key, ann.last_name_key) == ("Ann", "ann oak", "oak")


def test_the_same_customers_again_change_nothing(load):
    load(HEADER + ANN, kind=Kind.CUSTOMERS)

    file = load(HEADER + ANN, kind=Kind.CUSTOMERS)

    assert (file.counts["customers_new"], file.counts["customers_changed"]) == (0, 0)


def test_an_older_row_never_overwrites_a_newer_one(load):
    load("customer_id,city,updated_at\n77,Rome,2026-06-02\n", kind=Kind.CUSTOMERS)

    load("customer_id,city,updated_at\n77,Oslo,2026-06-01\n", kind=Kind.CUSTOMERS)

    assert Customer.objects.get().city == "Rome"


def test_rows_that_cannot_be_taken_are_listed_and_the_others_come_in(load):
    file = load(
        "customer_id,email,country,birthday\n1,a@example.test,GB,1990-01-01\n2,nobody,GB,\n"
        "3,,Atlantis,\n4,,,1990-13-01\n,,GB,\n5,e@example.test,,\n",
        kind=Kind.CUSTOMERS,
    )

    assert list(file.rejected.order_by("line").values_list("line", "reason")) == [
        (3, "“nobody” is no e-mail address"),
        (4, "“Atlantis” is no country we know (a name or a code like GB)"),
        (5, "birthday “1990-13-01” is no date (Year first: 2024-03-31)"),
        (6, "names neither a customer id nor an e-mail"),
    ]
    assert Customer.objects.count() == 2


def test_orders_fill_blanks_but_never_overwrite_what_a_customers_file_said(load):
    load("customer_id,city\n77,Dover\n", kind=Kind.CUSTOMERS)

    load("customer_id,date,amount,city,country\n77,2026-06-01,5,Paris,France\n")

    ann = Customer.objects.get()
    assert (ann.city, ann.country) == ("Dover", "FR")
