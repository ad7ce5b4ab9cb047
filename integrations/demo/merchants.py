"""The three demo merchants: who they are, and what their customers may be asked."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from commerce.models import AttributeDefinition
from integrations.demo import bistro, loop, organics
from integrations.demo.records import Store
from tenants.models import Tenant
from tenants.registry import Registry

Kind = AttributeDefinition.Kind


class MakeStore(Protocol):
    """A pure function: the same seed, day and count give the same store, to the byte."""

    def __call__(self, *, seed: str, today: date, count: int) -> Store: ...


@dataclass(frozen=True)
class Attribute:
    """A custom attribute the merchant declares before its customers come."""

    key: str
    label: str
    kind: str = Kind.TEXT
    is_sensitive: bool = False


@dataclass(frozen=True)
class Merchant:
    """One demo merchant; `key` is its slug, `label` its name."""

    key: str
    label: str
    what: str
    timezone: str
    currency: str
    industry: str
    color: str
    make_store: MakeStore
    attributes: tuple[Attribute, ...]
    staff_domain: str
    places: tuple[tuple[str, float, float], ...]
    rfm: dict[str, Any] = field(default_factory=dict)  # RfmSettings other than the defaults
    scored_days_ago: tuple[int, ...] = (60, 30, 7)


MERCHANTS: Registry[Merchant] = Registry("demo merchant")
HANDLES = (
    Attribute("tiktok_handle", "TikTok handle"),
    Attribute("instagram_handle", "Instagram handle"),
)
DIET = Attribute("dietary_preference", "Dietary preference", Kind.LIST, is_sensitive=True)

MERCHANTS.register(
    Merchant(
        key="demo",
        label="Fernhollow Organics",
        what="an organics shop",
        timezone="America/New_York",
        currency="USD",
        industry=Tenant.Industry.ECOMMERCE,
        color="#3f7d4e",
        make_store=organics.make_store,
        attributes=(DIET, Attribute("skin_type", "Skin type", is_sensitive=True), *HANDLES),
        staff_domain=organics.STAFF_DOMAIN,
        places=(("Farm Shop", 44.476, -73.212), ("Riverside Market", 42.360, -71.058)),
    )
)
MERCHANTS.register(
    Merchant(
        key="bistro",
        label="Low Quay Bistro",
        what="a restaurant",
        timezone="Europe/London",
        currency="GBP",
        industry=Tenant.Industry.RESTAURANT,
        color="#9a3b4f",
        make_store=bistro.make_store,
        attributes=(
            DIET,
            Attribute("special_occasions", "Special occasions", Kind.LIST),
            Attribute("wedding_anniversary", "Wedding anniversary", Kind.DATE),
            Attribute("usual_party_size", "Usual party size", Kind.NUMBER),
            *HANDLES,
        ),
        staff_domain=bistro.STAFF_DOMAIN,
        places=(("Low Quay Bistro", 51.4545, -2.5879),),
    )
)
MERCHANTS.register(
    Merchant(
        key="loop",
        label="Loop",
        what="a subscription app",
        timezone="UTC",
        currency="USD",
        industry=Tenant.Industry.SAAS,
        color="#4f56c9",
        make_store=loop.make_store,
        attributes=(
            Attribute("company", "Company"),
            Attribute("company_size", "Company size", Kind.NUMBER),
            Attribute("industry", "Industry"),
            Attribute("job_title", "Job title"),
            Attribute("team_size", "Team size", Kind.NUMBER),
            Attribute("seats", "Seats", Kind.NUMBER),
            Attribute("plan", "Plan"),
            Attribute("billing", "Billing"),
            Attribute("mrr", "Monthly recurring revenue", Kind.MONEY),
            Attribute("subscription_status", "Subscription status"),
            Attribute("trial_ends_on", "Trial ends on", Kind.DATE),
            Attribute("churned_on", "Cancelled on", Kind.DATE),
            Attribute("onboarding_completed", "Onboarding completed", Kind.YES_NO),
            Attribute("first_action", "Has done something", Kind.YES_NO),
            Attribute("aha_moment_reached", "Reached the aha moment", Kind.YES_NO),
            *HANDLES,
        ),
        staff_domain=loop.STAFF_DOMAIN,
        places=(),
        rfm={
            "method": "product_led",
            "parameters": {"product_led": {"activity": "session", "frequency_of": "session"}},
            "frequency_days": 30,
            "money_days": None,
        },
        scored_days_ago=(14, 7),
    )
)
