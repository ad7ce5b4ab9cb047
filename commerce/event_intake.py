"""Events that programs send: whose customers they name, and landing them through ingest."""

from collections.abc import Sequence
from datetime import datetime

from commerce.ingest import EventRecord, Ingest, ingest
from commerce.models import DataSource
from tenants.schema import connection

MOST = 1_000  # events of one request
API = "api"


def source_of(key: str | None) -> str | None:
    """Return the source whose customer ids are meant: the named one, None for one nobody knows.

    Without a name it is the shop's primary source; a shop that has none gets one called API.
    """
    if key is not None:
        return key if DataSource.objects.filter(key=key).exists() else None
    primary = DataSource.objects.filter(is_primary=True).values_list("key", flat=True).first()
    if primary is None:
        DataSource.objects.get_or_create(key=API, defaults={"label": "API"})
    return primary or API


def take(events: Sequence[EventRecord], *, source: str, at: datetime) -> int:
    """Land events with what follows from them, in one transaction; return how many are new.

    An event whose id is known takes over the properties that are told now. An id or e-mail that
    nobody has makes a customer, as a file of events does.
    """
    shares = DataSource.objects.filter(key=source).values_list("shares_people", flat=True).first()
    how = Ingest(
        source=source,
        today=at.astimezone(connection.tenant.zone).date(),
        shares_people=bool(shares),
        emails_make_customers=True,
    )
    return ingest(events, how=how).events_new
