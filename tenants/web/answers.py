"""Figures and runs as every API writes them."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from rest_framework import serializers

from tenants.models import Run

CENT = Decimal("0.01")


class MoneyField(serializers.DecimalField):
    """Exact money, rounded half up to hundredths, as text: `"120.50"`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=None, decimal_places=2, rounding=ROUND_HALF_UP, **options)


def amount(value: Decimal) -> str:
    """Return money as text, rounded half up to hundredths."""
    return str(value.quantize(CENT, ROUND_HALF_UP))


class RunShape(serializers.Serializer[Run]):
    """A run of a background job."""

    id = serializers.IntegerField()
    job = serializers.CharField()
    state = serializers.CharField()
    created_at = serializers.DateTimeField()
