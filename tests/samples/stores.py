"""Orders of a small store, taken in through the one door, for the tests of samples."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from commerce.ingest import Ingest, LineRecord, OrderRecord, ingest
from commerce.models import Order
from samples.history import classify_all
from samples.models import SampleOrder, SampleSettings

TODAY = date(2026, 6, 30)
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=3)


def order(name: str = "o1", **values) -> OrderRecord:
    """An order of ten, unless told otherwise."""
    told = {
        "external_id": name,
        "number": f"#{name}",
        "placed_at": NOON,
        "source_at": NOON,
        "items_total": Decimal(10),
    }
    return OrderRecord(**told | values)


def line(key: str = "l1", **values) -> LineRecord:
    return LineRecord(**{"key": key, "quantity": Decimal(2), "price": Decimal(5)} | values)


def take(*records, **how):
    """Ingest as of TODAY; so the samples are known too."""
    return ingest(records, how=Ingest(**{"source": "shop", "today": TODAY} | how))


def settings(**values) -> SampleSettings:
    """Save settings; nothing is classified by it."""
    row, _ = SampleSettings.objects.update_or_create(pk=1, defaults=values)
    return row


def classify():
    """Look through all orders, as the job does."""
    return classify_all(on=TODAY, at=NOW)


def kinds() -> dict[str, str]:
    """Return the type of every sample by the order's id at its source."""
    rows = SampleOrder.objects.order_by("pk")
    return dict(rows.values_list("order__external_id", "kind"))


def reasons() -> dict[str, str]:
    """Return why each order is left out, by its id at its source."""
    return dict(Order.objects.order_by("pk").values_list("external_id", "excluded_as"))
