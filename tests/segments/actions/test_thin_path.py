"""From a change to a signed webhook and a mail."""

import hashlib
import hmac

from django.contrib.auth.models import User

from segments.actions.dispatching import dispatch_all
from tenants.access.models import Effect
from tenants.effect_sending import send_page
from tests.commerce.factories import CustomerFactory
from tests.segments.actions.facts import NOW, enter, make_trigger


def test_whoever_enters_is_told_to_the_webhook_once_with_a_signature(segment, sink):
    trigger = make_trigger(segment, kind="webhook", options={"url": sink.url})
    ann, bob = CustomerFactory(), CustomerFactory()
    enter(segment, ann, bob)

    assert dispatch_all(at=NOW) == 2
    assert dispatch_all(at=NOW) == 0
    sent = send_page(trigger.consumer, at=NOW)

    assert (sent.taken, sent.done) == (2, 2)
    assert {told["customer"]["id"] for told in sink.told} == {ann.pk, bob.pk}
    deliveries = {str(one) for one in Effect.objects.values_list("delivery", flat=True)}
    assert {headers["Strata-Delivery"] for headers, _ in sink.received} == deliveries
    headers, body = sink.received[0]
    seconds, mark = (part.split("=")[1] for part in headers["Strata-Signature"].split(","))
    message = seconds.encode() + b"." + body
    assert hmac.new(trigger.secret.encode(), message, hashlib.sha256).hexdigest() == mark


def test_the_team_gets_one_mail_for_a_run(segment, mailoutbox):
    ada = User.objects.create_user("ada", "ada@acme.test")
    options = {"people": [str(ada.pk)], "words": "Call them."}
    trigger = make_trigger(segment, kind="staff_email", options=options)
    enter(segment, CustomerFactory(), CustomerFactory())
    dispatch_all(at=NOW)

    sent = send_page(trigger.consumer, at=NOW)

    assert sent.done == 2
    (mail,) = mailoutbox
    assert mail.subject == "2 customers entered Champions"
    assert mail.to == ["ada@acme.test"]
    assert "Call them." in mail.body
