"""Uses of codes: once per key, within both limits however many ask at once, and taken back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from commerce import merging
from segments.models import PromoCode, Redemption
from segments.promotions.kept import _delete_uses
from segments.promotions.persons import by_email, by_number
from segments.promotions.redeeming import (
    KeyReusedError,
    NotRedeemedError,
    Use,
    cancel,
    redeem,
)
from segments.services import local_today
from tests.commerce.factories import CustomerFactory, bring_up_to_date
from tests.segments.api_shop import send
from tests.segments.promotions.shop import make_code, open_promo_shop
from tests.tenants.api_keys import api

NOW = timezone.now()
THREADS = 8


def use(key, person, **options):
    return redeem("vip10", Use(key, person, **options), by="till", at=NOW)


def in_threads(tenant, work):
    """Do `work(number)` in several threads at the same moment; return what each came to."""
    barrier = Barrier(THREADS)

    def one(number):
        connection.set_tenant(tenant)
        try:
            barrier.wait(10)
            return work(number)
        except (NotRedeemedError, KeyReusedError) as error:
            return type(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


def test_the_same_key_again_changes_nothing(tenant):
    ada = CustomerFactory()
    make_code()

    first, is_new = use("o1", by_number(ada.pk), order="1", amount=Decimal(5))
    again, is_new_again = use("o1", by_number(ada.pk), order="1", amount=Decimal(9))

    assert (is_new, is_new_again) == (True, False)
    assert again == first
    assert again.amount == Decimal(5)
    assert PromoCode.objects.get().redeemed_count == 1


def test_a_key_stands_for_one_customer_and_order(tenant):
    ada, ben = CustomerFactory(), CustomerFactory()
    make_code()
    use("o1", by_number(ada.pk), order="1")

    for other in (Use("o1", by_number(ben.pk), order="1"), Use("o1", by_number(ada.pk), order="2")):
        with pytest.raises(KeyReusedError):
            redeem("vip10", other, by="till", at=NOW)

    assert Redemption.objects.count() == 1


def test_who_may_not_use_it_leaves_no_use(tenant):
    (_, ben, _), spenders, _ = open_promo_shop()
    make_code(include=(spenders.pk,))

    with pytest.raises(NotRedeemedError, match="They are not in “Spenders”"):
        use("o1", by_number(ben.pk))

    assert not Redemption.objects.exists()
    assert PromoCode.objects.get().redeemed_count == 0


def test_a_discount_given_already_is_recorded_within_the_limits(tenant):
    (_, ben, _), spenders, _ = open_promo_shop()
    make_code(include=(spenders.pk,), most_each=1)

    use("o1", by_number(ben.pk), only_limits=True)
    with pytest.raises(NotRedeemedError, match="has used the code once"):
        use("o2", by_number(ben.pk), only_limits=True)

    assert Redemption.objects.count() == 1


def test_a_use_taken_back_counts_no_more(tenant):
    ada = CustomerFactory()
    make_code(most_each=1, most_total=1)
    use("o1", by_number(ada.pk))

    cancel("VIP10", "o1", at=NOW)
    cancel("VIP10", "o1", at=NOW)

    assert PromoCode.objects.get().redeemed_count == 0
    assert use("o2", by_number(ada.pk))[1] is True


def test_the_total_holds_however_many_ask_at_once(committed_tenant):
    people = [CustomerFactory() for _ in range(THREADS)]
    make_code(most_total=3)

    found = in_threads(committed_tenant, lambda n: use(f"o{n}", by_number(people[n].pk))[1])

    assert sorted(map(str, found)) == sorted([*["True"] * 3, *[str(NotRedeemedError)] * 5])
    assert (PromoCode.objects.get().redeemed_count, Redemption.objects.count()) == (3, 3)


def test_a_customers_limit_holds_however_many_ask_at_once(committed_tenant):
    ada = CustomerFactory(email="ada@shop.test")
    make_code(most_each=2)
    names = [by_number(ada.pk), by_email("ADA@shop.test")]

    found = in_threads(committed_tenant, lambda n: use(f"o{n}", names[n % 2])[1])

    assert found.count(True) == 2
    assert (PromoCode.objects.get().redeemed_count, Redemption.objects.count()) == (2, 2)


def test_one_key_is_one_use_however_many_send_it_at_once(committed_tenant):
    ada = CustomerFactory()
    make_code()

    found = in_threads(committed_tenant, lambda _: use("o1", by_number(ada.pk)))

    assert sorted(is_new for _, is_new in found) == [*[False] * 7, True]
    assert len({row.pk for row, _ in found}) == 1
    assert PromoCode.objects.get().redeemed_count == 1


def test_uses_follow_a_merge_and_part_again(tenant):
    ada, ben = CustomerFactory(), CustomerFactory()
    bring_up_to_date(on=local_today())
    make_code(most_each=1)
    use("o1", by_number(ben.pk))

    done = merging.merge(survivor=ada.pk, absorbed=ben.pk, by=None, at=timezone.now())

    with pytest.raises(NotRedeemedError):
        use("o2", by_number(ada.pk))
    merging.undo(done.pk, by=None, at=timezone.now())
    assert Redemption.objects.get().customer_id == ben.pk
    assert use("o2", by_number(ada.pk))[1] is True


def test_old_uses_go_only_when_nobody_can_use_the_code_any_more(tenant):
    ada, old = CustomerFactory(), NOW - timedelta(days=900)
    for code, ends_at in (("OVER", NOW - timedelta(days=800)), ("RUNS", None)):
        make_code(code, ends_at=ends_at)
        redeem(code, Use("o1", by_number(ada.pk), only_limits=True), by="till", at=old)

    _delete_uses(NOW - timedelta(days=760))

    assert [one.code.code for one in Redemption.objects.select_related("code")] == ["RUNS"]


def test_the_api_records_lists_and_takes_back(tenant):
    ada = CustomerFactory()
    make_code(most_each=1)
    till, office = api("promo:redeem"), api("promo:read")
    body = {"key": "order/1042", "customer": ada.pk, "order": "1042", "amount": "15.00"}

    first = send(till, "post", "promo-codes/vip10/redemptions/", body)
    again = send(till, "post", "promo-codes/vip10/redemptions/", body)
    other = send(till, "post", "promo-codes/vip10/redemptions/", body | {"key": "order/1043"})
    gone = till.delete("/api/v1/promo-codes/vip10/redemptions/order/1042/")
    told = office.get("/api/v1/promo-codes/vip10/redemptions/").json()["results"]

    assert (first.status_code, again.status_code, gone.status_code) == (201, 200, 200)
    assert first.json() == again.json()
    assert (other.status_code, other.json()["errors"][0]["path"]) == (
        409,
        ["customer_limit_reached"],
    )
    assert [(one["key"], one["amount"], one["cancelled_at"] is None) for one in told] == [
        ("order/1042", "15.00", False)
    ]


def test_a_refused_use_says_nothing_of_segments_to_a_key_that_reads_none(tenant):
    (_, ben, _), spenders, _ = open_promo_shop()
    make_code(include=(spenders.pk,))

    response = send(
        api("promo:redeem"),
        "post",
        "promo-codes/vip10/redemptions/",
        {"key": "o1", "customer": ben.pk},
    )

    assert response.status_code == 409
    assert response.json()["detail"] == "This code is not for this customer."
    assert not Redemption.objects.exists()


@pytest.mark.parametrize(
    ("extra", "path"),
    [
        ({"key": ""}, ["key"]),
        ({"key": 5}, ["key"]),
        ({"amount": "-1"}, ["amount"]),
        ({"amount": "much"}, ["amount"]),
        ({"check": "none"}, ["check"]),
        ({"order": "x" * 192}, ["order"]),
        ({"spent": 1}, ["spent"]),
    ],
)
def test_a_use_that_cannot_be_read_is_refused_with_its_place(tenant, extra, path):
    ada = CustomerFactory()
    make_code()
    body = {"key": "o1", "customer": ada.pk} | extra

    response = send(api("promo:redeem"), "post", "promo-codes/vip10/redemptions/", body)

    assert (response.status_code, response.json()["errors"][0]["path"]) == (400, path)
    assert not Redemption.objects.exists()
