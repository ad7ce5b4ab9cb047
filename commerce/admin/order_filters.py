"""The filters of the orders list."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from commerce import search
from commerce.models import Order
from commerce.wording import reason_choices
from tenants.schema import connection

STATUSES = [
    ("", "Any"),
    ("counts", "May count"),
    ("ended", "Cancelled or refunded"),
    ("guest", "Guest orders"),
    *((f"as:{key}", label) for key, label in reason_choices()),
]


def believable(day: date) -> None:
    """Raise ValidationError for a year at the ends of the calendar, where a day more overflows."""
    if not 1900 <= day.year <= 9000:
        raise forms.ValidationError("Enter a year between 1900 and 9000.")


class OrderFilters(forms.Form):
    """Every filter of the list; none of them is required."""

    q = forms.CharField(required=False, max_length=254, label="Search")
    placed_from = forms.DateField(required=False, label="Placed from", validators=[believable])
    placed_to = forms.DateField(required=False, label="Placed until", validators=[believable])
    status = forms.ChoiceField(required=False, choices=STATUSES, label="Status")
    channel = forms.CharField(required=False, max_length=100, label="Channel")
    store = forms.CharField(required=False, max_length=100, label="Store")
    source = forms.CharField(required=False, max_length=100, label="Source")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("placed_from", "placed_to"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"})
        for name in ("channel", "store", "source"):
            self.fields[name].widget.attrs["list"] = f"values-{name}"

    def chips(self) -> list[tuple[str, str, str]]:
        """Return (name, label, shown value) of each filter in use."""
        shown = []
        for name, value in self.cleaned_data.items():
            if value in (None, "") or name == "q":
                continue
            choices = dict(getattr(self.fields[name], "choices", ()))
            shown.append((name, str(self.fields[name].label), str(choices.get(value, value))))
        return shown


def narrow(asked: dict[str, Any], *, sees_contact: bool) -> QuerySet[Order]:
    """Return the orders that `asked` (cleaned filters) describes."""
    rows = Order.objects.all()
    if asked.get("q"):
        rows = rows.filter(search.orders_matching(asked["q"], sees_contact=sees_contact))
    # Moments, not days: the newest-first index then serves the range and the order at once.
    conditions = {
        "placed_at__gte": _midnight(asked.get("placed_from")),
        "placed_at__lt": _midnight(asked.get("placed_to"), days=1),
        "channel": asked.get("channel"),
        "store": asked.get("store"),
        "source_name": asked.get("source"),
    }
    rows = rows.filter(**{name: value for name, value in conditions.items() if value})
    return rows.filter(_status(asked.get("status") or ""))


def _midnight(day: date | None, *, days: int = 0) -> datetime | None:
    """Return when `day` plus `days` begins in the merchant's zone."""
    if day is None:
        return None
    return datetime.combine(day + timedelta(days), time.min, connection.tenant.zone)


def _status(status: str) -> Q:
    if status.startswith("as:"):
        return Q(excluded_as=status.removeprefix("as:"))
    return {
        "counts": Q(excluded_as="", counts_until=None),
        "ended": Q(counts_until__isnull=False),
        "guest": Q(customer=None),
    }.get(status, Q())
