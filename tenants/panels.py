"""Parts of a page that belong to a higher floor: of the dashboard, a customer's, an
order's, a segment's."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from tenants.registry import Registry


@dataclass(frozen=True)
class Panel:
    """A card. `context(request, subject)` returns what `template` needs, or None to be left out."""

    key: str
    label: str
    template: str
    context: Callable[[HttpRequest, Any], dict[str, Any] | None]
    order: int = 50
    permission: str = ""


DASHBOARD: Registry[Panel] = Registry("dashboard panel")  # subject: None
CUSTOMER: Registry[Panel] = Registry("customer panel")  # subject: the Customer
ORDER: Registry[Panel] = Registry("order panel")  # subject: the Order
SEGMENT: Registry[Panel] = Registry("segment panel")  # subject: the Segment
SEGMENT_LIST: Registry[Panel] = Registry("segment list panel")  # subject: the tab's key
PROFILE: Registry[Panel] = Registry("profile panel")  # subject: the User whose profile it is
