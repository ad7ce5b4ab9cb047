"""import_events takes any event; columns without a meaning become its properties."""

from datetime import UTC, datetime

from commerce.models import Customer, Event, EventName
from integrations.csv.fields import Kind

OPENED = "event,date,customer_id,campaign,clicks\nemail_opened,2026-06-01 10:00,77,Spring,3\n"


def test_an_event_has_its_name_moment_person_and_properties(load):
    file = load(OPENED, kind=Kind.EVENTS)

    event = Event.objects.get()
    assert (event.name, event.occurred_at, event.occurred_hour, event.properties) == (
        "email_opened",
        datetime(2026, 6, 1, 9, tzinfo=UTC),
        10,
        {"campaign": "Spring", "clicks": 3},
    )
    assert event.customer.identities.get().external_id == "77"
    assert file.counts["events_new"] == 1
    assert EventName.objects.get().name == "email_opened"


def test_the_same_events_again_add_nothing_and_identical_ones_are_different(load):
    text = OPENED + OPENED.splitlines()[1] + "\n"

    load(text, kind=Kind.EVENTS)
    again = load(text, kind=Kind.EVENTS)

    assert Event.objects.count() == 2
    assert again.counts["events_new"] == 0


def test_an_event_with_an_id_is_taken_once(load):
    text = "event_id,event,date,email\nx1,signed_up,2026-06-01,ann@example.test\n"

    load(text, kind=Kind.EVENTS)
    load(text.replace("signed_up", "joined"), kind=Kind.EVENTS)

    assert Event.objects.get().name == "signed_up"
    assert Customer.objects.get().email == "ann@example.test"


def test_an_event_of_nobody_is_rejected(load):
    file = load("event,date,customer_id\nopened,2026-06-01,\n", kind=Kind.EVENTS)

    assert file.rejected.get().reason == "names neither a customer id nor an e-mail"
    assert not Event.objects.exists()
