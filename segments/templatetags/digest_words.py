"""How figures are written in letters: plain text, no markup of pages."""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils import formats

from tenants.schema import connection

register = template.Library()


@register.filter
def plain_day(value: date | None) -> str:
    """Return a local day: 9 Nov 2026."""
    return formats.date_format(value, "j M Y") if value else "—"


@register.filter
def plain_local(value: datetime | None) -> str:
    """Return the merchant's local day of a moment."""
    return plain_day(value.astimezone(connection.tenant.zone).date()) if value else "—"


@register.filter
def on_day(value: date | None) -> str:
    """Return the day an earlier figure is of, to stand behind it."""
    return f" on {plain_day(value)}" if value else ""


@register.filter
def share(percent: float | None) -> str:
    """Return a share with one decimal."""
    return "—" if percent is None else f"{percent:.1f} %"


@register.filter
def signed(percent: float | None) -> str:
    """Return growth in whole percent, with its sign."""
    return "—" if percent is None else f"{_sign(round(percent))}{abs(round(percent)):,} %"


@register.filter
def signed_count(number: int) -> str:
    """Return a difference with its sign."""
    return f"{_sign(number)}{abs(number):,}"


@register.filter
def grown_by(compared: Any) -> str:
    """Return how a figure stands against an earlier one."""
    return "nothing to compare with" if compared.percent is None else signed(compared.percent)


def _sign(number: float) -> str:
    return "+" if number > 0 else "−" if number < 0 else "±"
