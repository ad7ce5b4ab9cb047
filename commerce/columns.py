"""What higher floors add to the customers list: a column of badges, a filter, or both."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.db.models import QuerySet

from commerce.models import CustomerMetrics
from tenants.registry import Registry


@dataclass(frozen=True)
class Badge:
    """A word in a colour. `tone` is a class of static/css/strata.css (seg-champions, is-good …)."""

    text: str
    tone: str = ""
    why: str = ""


@dataclass(frozen=True)
class Column:
    """One addition to the customers list.

    `badges(ids)` answers for all customers of a page in one query. `choices()` and
    `narrow(metrics, value)` make it a filter as well.
    """

    key: str  # the name in the address
    label: str
    badges: Callable[[Collection[int]], dict[int, Badge]] | None = None
    choices: Callable[[], list[tuple[str, str]]] | None = None
    narrow: Callable[[QuerySet[CustomerMetrics], str], QuerySet[CustomerMetrics]] | None = None


CUSTOMERS: Registry[Column] = Registry("customers list column")


@dataclass(frozen=True)
class Door:
    """A page that takes the customers ticked in the list, or the whole list: posted to `url_name`
    with `ids` or `whole`, the list's filters in the address.
    """

    key: str
    label: str
    url_name: str
    permission: str


DOORS: Registry[Door] = Registry("door of the customers list")
