"""Marks for those who keep something in step: one each, taken once, none lost."""

import pytest
from django.db import connection, transaction
from psycopg import sql

from commerce import stale
from commerce.models import StaleCustomer
from tenants import jobs
from tests.commerce.factories import CustomerFactory

pytestmark = pytest.mark.usefixtures("tenant")


@pytest.fixture(autouse=True)
def two_consumers(monkeypatch):
    consumers = {key: stale.Consumer(key, key.title()) for key in ("scores", "members")}
    monkeypatch.setattr(stale.CONSUMERS, "_entries", consumers)


@pytest.fixture
def woken(monkeypatch):
    keys = []
    monkeypatch.setattr(jobs, "wake", keys.append)
    return keys


def everybody():
    return sql.SQL("SELECT id FROM commerce_customer")


def rows(cursor, taken):
    cursor.execute(sql.SQL("SELECT * FROM {} ORDER BY 1, 3").format(taken.table))
    return cursor.fetchall()


def test_every_consumer_gets_a_mark_of_every_customer(woken):
    one, other = CustomerFactory(), CustomerFactory()

    with connection.cursor() as cursor:
        stale.mark(cursor, everybody(), facts="orders", cause="data")

    found = set(StaleCustomer.objects.values_list("consumer", "customer_id", "facts", "cause"))
    assert found == {
        (consumer, customer.pk, "orders", "data")
        for consumer in ("scores", "members")
        for customer in (one, other)
    }
    assert woken == [stale.CHANGED]


def test_taking_removes_only_ones_own_marks_and_no_repetitions(woken):
    customer = CustomerFactory()
    with connection.cursor() as cursor:
        for cause in ("data", "data", "merge"):
            stale.mark(cursor, everybody(), facts="orders", cause=cause)

        taken = stale.take(cursor, "scores")

        assert rows(cursor, taken) == [
            (customer.pk, "orders", "data"),
            (customer.pk, "orders", "merge"),
        ]
        assert (taken.rows, taken.everybody) == (2, "")
        assert stale.take(cursor, "scores").rows == 0
        assert stale.take(cursor, "members").rows == 2


def test_a_mark_without_a_customer_means_everybody(woken):
    CustomerFactory()
    with connection.cursor() as cursor:
        stale.mark_all(cursor, facts="orders", cause="order_policy")

        taken = stale.take(cursor, "members")

        assert taken.everybody == "order_policy"
        assert rows(cursor, taken) == [(None, "orders", "order_policy")]


def test_a_consumer_that_fails_finds_its_marks_again(woken):
    CustomerFactory()
    with connection.cursor() as cursor:
        stale.mark(cursor, everybody(), facts="profile", cause="manual")
        with transaction.atomic():
            stale.take(cursor, "scores")
            transaction.set_rollback(True)

        assert stale.take(cursor, "scores").rows == 1


def test_an_unknown_consumer_is_an_error():
    with connection.cursor() as cursor, pytest.raises(KeyError):
        stale.take(cursor, "nobody")
