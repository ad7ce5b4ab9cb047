"""What a connector is, and the table of all of them: the integrations page reads nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tenants.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Account:
    """A connected account as the integrations page shows it."""

    label: str
    state: str  # in words
    tone: str  # "good", "warn", "bad" or "quiet"
    note: str = ""
    synced_at: datetime | None = None
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Connector:
    """One platform. `page` is the page (tenants.pages) on which its accounts are connected."""

    key: str
    label: str
    about: str  # one sentence: what comes, what goes
    icon: str
    page: str
    permission: str  # who may open that page
    accounts: Callable[[], list[Account]]


CONNECTORS: Registry[Connector] = Registry("connector")
register = CONNECTORS.register
