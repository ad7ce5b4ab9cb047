"""What the API's description says of this floor's addresses."""

from commerce.api.customer_shapes import CustomerShape, OneCustomerShape
from commerce.api.customers import CustomerChange, CustomerList, CustomerOne
from commerce.api.events import EventIntake, IntakeShape
from commerce.models import Consent
from tenants.web.telling import OBJECT, PAGING, page, query, tell

SOURCE = query("source", "whose id the customer's is; ours, if nothing is said")

tell(
    EventIntake,
    "POST",
    IntakeShape,
    request=OBJECT,
    example={
        "events": [
            {
                "id": "e-1",
                "name": "report_exported",
                "customer_id": "C-1001",
                "occurred_at": "2026-11-02T09:30:00Z",
                "properties": {"format": "pdf", "pages": 12},
            }
        ]
    },
)
tell(
    CustomerList,
    "GET",
    page(CustomerShape),
    parameters=[
        *PAGING,
        query("q", "the customers page's search: ids, and names with customers:contact"),
        query("country", "two letters"),
        query("vip", "yes or no", enum=["yes", "no"]),
        query("tier", "a loyalty tier"),
        query("tag", "a tag"),
        query("consent", "of e-mail", enum=Consent.values),
        query("spent_from", "spent at least"),
        query("spent_to", "spent at most"),
        query("last_from", "last order from this day"),
        query("last_to", "last order until this day"),
        query("left_out", "any, or the reason: those who do not count"),
    ],
    errors=[503],
)
tell(CustomerOne, "GET", OneCustomerShape, parameters=[SOURCE])
tell(
    CustomerOne,
    "PATCH",
    OneCustomerShape,
    request=CustomerChange,
    parameters=[SOURCE],
    example={"is_vip": True, "add_tags": ["Press"]},
)
