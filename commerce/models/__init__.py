"""One merchant's customers, orders, refunds and events, and the numbers rolled up from them."""

from commerce.models.activity import CustomerActivity, EventRole
from commerce.models.attribute import AttributeDefinition
from commerce.models.customer import Consent, Customer
from commerce.models.event import Event
from commerce.models.fact_mapping import FactMapping
from commerce.models.habits import CustomerHabits
from commerce.models.identity import CustomerIdentity, CustomerMerge, DataSource, DuplicateProposal
from commerce.models.metrics import CustomerMetrics, MetricsState, StaleDay, StoreDay
from commerce.models.order import Order, OrderLine, Refund
from commerce.models.policy import OrderPolicy, PopulationPolicy
from commerce.models.privacy import ErasedPrint, PrintKey, PrivacyRequest
from commerce.models.stale import StaleCustomer
from commerce.models.vocabulary import EventName, Spelling

__all__ = [
    "AttributeDefinition",
    "Consent",
    "Customer",
    "CustomerActivity",
    "CustomerHabits",
    "CustomerIdentity",
    "CustomerMerge",
    "CustomerMetrics",
    "DataSource",
    "DuplicateProposal",
    "ErasedPrint",
    "Event",
    "EventName",
    "EventRole",
    "FactMapping",
    "MetricsState",
    "Order",
    "OrderLine",
    "OrderPolicy",
    "PopulationPolicy",
    "PrintKey",
    "PrivacyRequest",
    "Refund",
    "Spelling",
    "StaleCustomer",
    "StaleDay",
    "StoreDay",
]
