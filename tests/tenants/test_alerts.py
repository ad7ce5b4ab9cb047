"""Letters to the operator: one when a condition begins, one when it is over."""

import datetime as dt

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from tenants import alerts, dispatch
from tenants.models import Alert, Pulse, Tenant


@pytest.fixture(autouse=True)
def well(db, settings):
    """An installation whose parts were all seen just now, and an operator."""
    connection.set_schema_to_public()
    settings.ALERT_EMAIL = "operator@platform.test"
    for key in ("beat", "dispatcher", "reaper"):
        dispatch.seen(key)


def fail_a_merchant() -> Tenant:
    return Tenant.objects.create(schema_name="broken", name="Broken", state="failed")


def test_nothing_is_said_while_all_is_well():
    assert alerts.tell() == 0

    assert mail.outbox == []


def test_a_condition_is_told_once_however_long_it_lasts():
    fail_a_merchant()

    assert [alerts.tell(), alerts.tell(), alerts.tell()] == [1, 0, 0]

    (letter,) = mail.outbox
    assert letter.to == ["operator@platform.test"]
    assert letter.subject == "Strata: 1 merchant could not be set up."


def test_its_end_is_told_once_and_forgotten():
    tenant = fail_a_merchant()
    alerts.tell()
    Tenant.objects.filter(pk=tenant.pk).update(state="ready", migrated_to="")
    Tenant.objects.filter(pk=tenant.pk).delete()

    assert [alerts.tell(), alerts.tell()] == [1, 0]

    assert mail.outbox[1].subject == "Strata: over: 1 merchant could not be set up."
    assert not Alert.objects.exists()


def test_a_second_condition_is_a_letter_of_its_own():
    fail_a_merchant()
    alerts.tell()
    silent = timezone.now() - dt.timedelta(minutes=5)
    Pulse.objects.filter(key="reaper").update(seen_at=silent)

    alerts.tell()

    assert mail.outbox[1].subject == (
        "Strata: Reaper was last seen 5 minutes ago. Look at beat and worker."
    )


def test_a_letter_the_mail_server_refused_is_tried_again(settings):
    fail_a_merchant()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody answers there
    assert alerts.tell() == 0
    assert Alert.objects.get().told_at is None
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    assert alerts.tell() == 1

    assert len(mail.outbox) == 1


def test_without_an_address_nothing_is_looked_at(settings, django_assert_num_queries):
    settings.ALERT_EMAIL = ""
    fail_a_merchant()

    with django_assert_num_queries(0):
        assert alerts.tell() == 0
