"""How money, days and moments are written on a merchant's pages."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString

from commerce.models import Order
from tenants.schema import connection

register = template.Library()

SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩"}
WITHOUT_CENTS = frozenset(["JPY", "KRW", "CLP", "HUF", "ISK", "VND"])
# The import stands on a higher floor and is found by name.
IMPORT_PAGE = "admin:imports"


@register.filter
def money(amount: Decimal | int | None, currency: str = "") -> str:
    """Return `amount` rounded half up, with the sign of `currency` or of the merchant's own."""
    if amount is None:
        return "—"
    currency = currency or connection.tenant.currency
    places = 0 if currency in WITHOUT_CENTS else 2
    exact = Decimal(amount).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    figure = formats.number_format(abs(exact), places, use_l10n=True, force_grouping=True)
    minus = "−" if exact < 0 else ""
    sign = SIGNS.get(currency)
    return f"{minus}{sign}{figure}" if sign else f"{minus}{figure} {currency}"


@register.filter
def count(number: int | None) -> str:
    """Return a whole number with its thousands separated."""
    return "—" if number is None else formats.number_format(number, 0, force_grouping=True)


@register.filter
def quantity(number: Decimal | None) -> str:
    """Return a quantity without the zeros its column pads it with."""
    return "—" if number is None else f"{number.normalize():f}"


@register.filter
def day(value: date | None) -> SafeString | str:
    """Return a local calendar day, as text and for machines."""
    if not value:  # a customer without numbers has no such column
        return "—"
    shown = formats.date_format(value, "j M Y")
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), shown)


@register.filter
def local_day(value: datetime | None) -> SafeString | str:
    """Return the merchant's local day of a moment."""
    return day(value.astimezone(connection.tenant.zone).date() if value else None)


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """Return a moment in the merchant's zone."""
    if value is None:
        return "—"
    local = value.astimezone(connection.tenant.zone)
    shown = formats.date_format(local, "j M Y, H:i")
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), shown)


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """Return this page's query string with `changes`; an empty value takes a name out."""
    values = context["request"].GET.copy()
    for name, value in changes.items():
        values.pop(name, None)
        if value not in (None, ""):
            values[name] = str(value)
    return "?" + values.urlencode()


@register.simple_tag(takes_context=True)
def without(context: dict[str, Any], name: str) -> str:
    """Return this page's query string without `name`, on the first page."""
    return query(context, **{name: None, "page": None})


@register.simple_tag(takes_context=True)
def sorted_by(context: dict[str, Any], key: str, current: Any) -> str:
    """Return the address of the list in the order `key`; a second click turns it round."""
    return query(context, sort=f"{key}_up" if current.key == key else key, page=None)


@register.filter
def order_name(order: Order) -> str:
    """Return an order's number; one without is called by the start of its id."""
    return order.number or f"{order.external_id[:12]}"


@register.filter
def origin(order: Order) -> list[str]:
    """Return store, channel and source of an order, each once."""
    parts = (order.store, order.channel, order.source_name)
    return list(dict.fromkeys(part for part in parts if part))


@register.simple_tag
def import_link() -> str:
    """Return the address of the import page, or nothing while no floor offers one."""
    try:
        return reverse(IMPORT_PAGE)
    except NoReverseMatch:
        return ""


@register.filter
def hour(value: datetime | None) -> str:
    """Return the local time of day."""
    return (
        ""
        if value is None
        else formats.date_format(value.astimezone(connection.tenant.zone), "H:i")
    )


@register.filter
def in_words(key: str) -> str:
    """Return a platform's key as words: partially_refunded becomes Partially refunded."""
    return key.replace("_", " ").capitalize()


@register.filter
def entry(table: dict[str, Any], key: str) -> Any:
    """Return what `table` says under `key`."""
    return table.get(key, "")
