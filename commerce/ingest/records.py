"""What every source is translated into. None: the source did not say, what is known stays."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord:
    """A customer as one source knows them; found again by `external_id`, without one by e-mail."""

    external_id: str | None = None
    source_at: datetime  # when the source last changed it
    # Known from somewhere else (an order's address): fills what is blank even when it is older.
    is_partial: bool = False
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None
    country: str | None = None  # ISO-3166-1 alpha-2
    region: str | None = None
    city: str | None = None
    postal_code: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    language: str | None = None
    birthday: date | None = None
    customer_since: datetime | None = None
    email_consent: str | None = None  # commerce.models.Consent
    email_consent_at: datetime | None = None
    sms_consent: str | None = None
    sms_consent_at: datetime | None = None
    communication_channel: str | None = None
    tags: list[str] | None = None
    is_vip: bool | None = None
    loyalty_tier: str | None = None
    loyalty_points: int | None = None
    reviews_count: int | None = None
    referrals_count: int | None = None
    follows_social: bool | None = None
    attributes: dict[str, Any] | None = None  # merged into what is stored, key by key


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRecord:
    """An order. Who placed it: `person` (the source's customer id), else `email`, else a guest."""

    external_id: str
    placed_at: datetime
    source_at: datetime
    person: str | None = None
    email: str | None = None
    number: str | None = None
    store: str | None = None
    currency: str | None = None  # the merchant's own when not told
    items_total: Decimal | None = None
    discount_total: Decimal | None = None
    tax_total: Decimal | None = None
    shipping_total: Decimal | None = None
    total: Decimal | None = None
    items_count: Decimal | None = None
    discount_codes: list[str] | None = None
    channel: str | None = None
    source_name: str | None = None
    app: str | None = None
    tags: list[str] | None = None
    financial_status: str | None = None
    fulfillment_status: str | None = None
    is_test: bool | None = None
    cancelled_at: datetime | None = None
    fulfilled_at: datetime | None = None  # when the last of it was sent
    lines: list["LineRecord"] | None = None  # all of them; None keeps what is known


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRecord:
    """One line of an order; `key` is the source's own line id."""

    key: str
    quantity: Decimal
    price: Decimal
    discount: Decimal = Decimal(0)
    product: str | None = None
    sku: str | None = None
    category: str | None = None
    vendor: str | None = None
    unit_cost: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRecord:
    """Money given back, positive. Without an order it is a negative invoice of a person."""

    external_id: str
    amount: Decimal
    refunded_at: datetime
    order: str | None = None  # the order's external id
    person: str | None = None
    email: str | None = None
    items_amount: Decimal | None = None
    tax_amount: Decimal | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecord:
    """Something a person did that is not an order."""

    external_id: str
    name: str
    occurred_at: datetime
    person: str | None = None
    email: str | None = None
    properties: dict[str, Any] = field(default_factory=dict)
