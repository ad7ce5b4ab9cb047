"""Calling an address of the merchant's: one signed request per customer and change."""

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError

from commerce.models import Customer
from samples.models import Finding
from segments.actions import signing
from segments.actions.kinds.in_flight import Clients, in_flight
from segments.actions.kinds.kind import KINDS, Kind, Options
from segments.actions.people import customers_of, split
from segments.models import Trigger
from segments.services import own_ids
from tenants import effects
from tenants.access.models import Effect
from tenants.effects import Outcome, Result
from tenants.http import AddressRefused, Answer, Client, Unreachable
from tenants.public_address import check_url
from tenants.schema import connection

PAGE = 200
IN_FLIGHT = 8  # requests of a trigger on their way at once: a receiver may take 200 ms for each
WAIT, LONGEST_WAIT = 60, 900  # seconds after “too many requests”
THIS_ONE = frozenset([400, 409, 413, 415, 422])  # what is wrong with one request
FOR_GOOD = {
    401: "it does not let us in (401)",
    403: "it does not let us in (403)",
    410: "it says it is gone for good (410)",
}


class WebhookOptions(Options):
    url = forms.CharField(
        label="Address", max_length=500, widget=forms.URLInput, help_text="https://…"
    )
    with_contact = forms.BooleanField(
        label="Send names and e-mail addresses too",
        required=False,
        help_text="Without it the receiver gets the customer's ids alone.",
    )
    writes_to_customers = forms.BooleanField(
        label="The receiver writes to the customer",
        required=False,
        help_text="Then the contact rules hold: never contact, and at most so many a week.",
    )

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"]).strip()
        try:
            check_url(url)
        except AddressRefused as error:
            raise ValidationError(str(error)) from None
        return url


class Webhook(Kind):
    key = "webhook"
    label = "Call a webhook"
    help = "A signed request to an address of yours, for each customer."
    icon = "webhook"
    form = WebhookOptions
    goes_out, is_inside, page, is_signed = True, False, PAGE, True
    takes_samples = has_several = True

    def is_contact(self, options: dict[str, Any]) -> bool:
        return bool(options.get("writes_to_customers"))

    def summary(self, options: dict[str, Any]) -> str:
        return f"call {urlsplit(options['url']).hostname}"  # a path may be a secret

    def address(self, options: dict[str, Any]) -> str:
        return str(options["url"])

    def deliver(
        self, trigger: Trigger, effects_: Sequence[Effect], *, at: datetime
    ) -> Iterator[Result]:
        people = customers_of(effects_)
        ids = own_ids([row.pk for row in people.values()])
        secrets = [trigger.secret]
        if trigger.old_secret_until and at < trigger.old_secret_until:
            secrets.append(trigger.old_secret)
        there, over = split(trigger, effects_, people=people)
        for result in over:  # noqa: UP028 - what is sent back is for the requests alone
            yield result
        with Clients(trigger.options["url"], most=IN_FLIGHT) as clients:

            def begin(effect: Effect) -> "Future[Outcome]":
                body = encode(message(trigger, effect, people.get(effect.pk), ids))
                return clients.begin(
                    lambda client: send(client, body, effect=effect, secrets=secrets, at=at)
                )

            yield from in_flight(there, begin=begin, most=IN_FLIGHT)


def message(
    trigger: Trigger, effect: Effect, customer: Customer | None, own_ids: Mapping[int, str]
) -> dict[str, Any]:
    """Return what a receiver is told; a sample may be nobody's who is a customer."""
    facts = effect.payload
    told: dict[str, Any] = {
        "id": str(effect.delivery),
        "type": facts["type"],
        "occurred_at": facts["at"],
        "shop": connection.schema_name,
        "trigger": {"id": trigger.pk, "name": trigger.name},
        "cause": facts["cause"],
        "event": facts.get("event") or None,
        "customer": None,
    }
    if customer is not None:
        told["customer"] = {"id": customer.pk, "customer_id": own_ids.get(customer.pk, "")}
        if trigger.options.get("with_contact"):
            names = ("first_name", "last_name", "email", "phone")
            told["customer"] |= {name: getattr(customer, name) for name in names}
    if trigger.on == Trigger.On.FOUND:
        told["sample"] = about_sample(facts["finding"])
    elif trigger.segment is not None:
        segment = trigger.segment
        told["segment"] = {"id": segment.pk, "slug": segment.slug, "name": segment.name}
    else:
        told["score"] = {name: facts.get(name, "") for name in ("model", "from", "to")}
    return told


def about_sample(finding_id: int) -> dict[str, Any]:
    """Return what was found about a sample: ids, and the order's number."""
    row = Finding.objects.select_related("order").get(pk=finding_id)
    return {
        "finding": row.kind,
        "found_on": row.found_on.isoformat(),
        "order": {"id": row.order_id, "number": row.order.number} if row.order else None,
        "usage_right": row.right_id,
        "creator": row.creator_id,
    }


def encode(told: dict[str, Any]) -> bytes:
    """Return the bytes that are sent and signed: the same for the same facts."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def send(
    client: Client, body: bytes, *, effect: Effect, secrets: list[str], at: datetime
) -> Outcome:
    """Post one request and say how it ended."""
    headers = {
        "Content-Type": "application/json",
        signing.DELIVERY: str(effect.delivery),
        signing.TYPE: str(effect.payload["type"]),
        signing.HEADER: signing.signature(body, signed_at=at, secrets=secrets),
    }
    try:
        return outcome_of(client.post(body, headers=headers))
    except AddressRefused as error:
        return effects.broken(str(error))
    except Unreachable as error:
        return effects.again(str(error))


def outcome_of(answer: Answer) -> Outcome:
    """Say what an answer means: done, wrong in itself, not now, or not at all."""
    status, seconds = answer.status, answer.seconds
    facts: dict[str, Any] = {"status": status, "seconds": seconds}
    if 200 <= status < 300:
        return effects.done(**facts)
    if 300 <= status < 400:
        words = f"The address leads elsewhere ({status}). Enter the address where it ends."
        return effects.broken(words, **facts)
    if status in FOR_GOOD:
        return effects.broken(f"The address was reached, but {FOR_GOOD[status]}.", **facts)
    if status == 429:
        words = "The address asked for fewer requests (429)."
        return effects.again(words, wait=timedelta(seconds=_wait(answer)), **facts)
    if status in THIS_ONE:
        return effects.refused(f"The address did not take this one ({status}).", **facts)
    return effects.again(f"The address answered with an error ({status}).", **facts)


def _wait(answer: Answer) -> int:
    text = answer.headers.get("Retry-After", "")
    return min(int(text), LONGEST_WAIT) if text.isdecimal() and len(text) < 9 else WAIT


KINDS.register(Webhook())
