"""What happens in the shop: people come, buy, change, are merged and go; and who is told of it."""

from random import Random
from typing import Any

from integrations.sandbox.shopify import payloads
from integrations.sandbox.shopify.changes_of_orders import OrderChanges
from integrations.sandbox.shopify.changing import NoSuchError
from integrations.sandbox.shopify.household import Household, settle
from integrations.sandbox.shopify.people import make_customer

Made = dict[str, Any]


class Changes(OrderChanges):
    """The doors through which a test, or the demo's control page, changes a shop."""

    def add_customer(self, **values: Any) -> Made:
        """Let somebody open an account; `values` are fields of the API."""
        number = self.store.next_number
        random = Random(self.store.plan.seed * 1_000_003 + number)  # noqa: S311 (invented people)
        now, currency = self.shop.clock.now(), self.store.plan.currency
        customer = make_customer(number, since=now, random=random, currency=currency)
        household = Household(number, _named(customer | _meant(customer, values)))
        self.store.next_number += 1
        self.store.pin(household)
        assert household.customer is not None
        self._tell("CUSTOMERS_CREATE", payloads.customer_payload(household.customer))
        self._tell_memberships(household, before=set())
        return household.customer

    def change_customer(self, customer_id: str, **values: Any) -> Made:
        """Change a customer: fields of the API, or `email`, `email_state`, `phone`, `sms_state`."""
        with self._changing(customer_id) as (household, customer):
            before = set(customer["tags"])
            customer |= _meant(customer, values) | {"updatedAt": self.shop.now()}
            household.customer = _named(customer)
        self._tell("CUSTOMERS_UPDATE", payloads.customer_payload(customer))
        self._tell_details(customer, values, before=before)
        return customer

    def _tell_details(self, customer: Made, values: Made, *, before: set[str]) -> None:
        if "email_state" in values:
            told = payloads.consent_payload(customer)
            self._tell("CUSTOMERS_EMAIL_MARKETING_CONSENT_UPDATE", told)
        if "sms_state" in values:
            told = payloads.sms_consent_payload(customer)
            self._tell("CUSTOMERS_MARKETING_CONSENT_UPDATE", told)
        after = set(customer["tags"])
        for topic, tags in (("ADDED", after - before), ("REMOVED", before - after)):
            if tags:
                told = {"customerId": customer["id"], "tags": sorted(tags)}
                self._tell(f"CUSTOMER_TAGS_{topic}", told | {"occurredAt": self.shop.now()})

    def delete_customer(self, customer_id: str) -> None:
        """Delete somebody who never ordered; others cannot be deleted."""
        household = self._home(customer_id)
        if household.orders:
            raise NoSuchError(f"{customer_id} has orders: redact or merge.")
        self._remove(household)

    def redact_customer(self, customer_id: str) -> None:
        """Erase a person: the account goes, orders stay as a guest's, the app is told to erase."""
        household = self._home(customer_id)
        customer = household.customer or {}
        orders = [int(order["legacyResourceId"]) for order in household.orders]
        person = payloads.person_payload(customer)
        self._remove(household)
        self.sandbox.webhooks.emit_compliance(
            self.shop, "customers/redact", {"customer": person, "orders_to_redact": orders}
        )

    def _remove(self, household: Household) -> None:
        customer = household.customer or {}
        household.customer = None
        for order in household.orders:
            nobody = {"_customer": None, "email": None, "phone": None, "note": None}
            order |= nobody | {"shippingAddress": None, "billingAddress": None}
            order["updatedAt"] = self.shop.now()
        self.store.pin(household)
        told = {"id": int(customer["legacyResourceId"]), "admin_graphql_api_id": customer["id"]}
        self._tell("CUSTOMERS_DELETE", told)

    def merge_customers(self, kept_id: str, gone_id: str) -> Made:
        """Merge one customer into another: orders move, the id of the one is no more."""
        gone = self._home(gone_id)
        with self._changing(kept_id) as (household, kept):
            household.orders = sorted(
                [*household.orders, *gone.orders], key=lambda order: order["_at"]
            )
            kept["tags"] = sorted({*kept["tags"], *(gone.customer or {})["tags"]})
            kept["updatedAt"] = self.shop.now()
            for order in gone.orders:
                self.store.moved[order["id"]] = household.number
                order["updatedAt"] = self.shop.now()
            gone.customer, gone.orders = None, []
            self.store.pin(gone)
            settle(household)
        told = {"admin_graphql_api_customer_kept_id": kept_id, "status": "completed", "errors": []}
        self._tell("CUSTOMERS_MERGE", told | {"admin_graphql_api_customer_deleted_id": gone_id})
        self._tell("CUSTOMERS_UPDATE", payloads.customer_payload(kept))
        return kept


def _meant(customer: Made, values: Made) -> Made:
    """Return values with the short words for contact and consent written out."""
    meant = dict(values)
    email, phone = meant.pop("email", ""), meant.pop("phone", "")
    email_state, sms_state = meant.pop("email_state", ""), meant.pop("sms_state", "")
    at = meant.pop("consent_at", None) or customer["updatedAt"]
    if email or email_state:
        known = customer["defaultEmailAddress"] or {
            "marketingState": "NOT_SUBSCRIBED", "marketingOptInLevel": None,
            "marketingUpdatedAt": None,
        }  # fmt: skip
        told = {"marketingState": email_state, "marketingUpdatedAt": at} if email_state else {}
        address = {"emailAddress": email or known.get("emailAddress")}
        meant["defaultEmailAddress"] = known | address | told
    if phone or sms_state:
        old = customer["defaultPhoneNumber"] or {"phoneNumber": phone or "+447700900999"}
        consent = old.get("smsMarketingConsent") or {
            "state": "NEVER_SUBSCRIBED", "optInLevel": None, "updatedAt": None,
            "collectedFrom": None,
        }  # fmt: skip
        told = {"state": sms_state, "updatedAt": at} if sms_state else {}
        number = {"phoneNumber": phone or old["phoneNumber"]}
        meant["defaultPhoneNumber"] = old | number | {"smsMarketingConsent": consent | told}
    return meant


def _named(customer: Made) -> Made:
    names = (customer["firstName"], customer["lastName"])
    customer["displayName"] = " ".join(name for name in names if name) or "Unknown"
    return customer
