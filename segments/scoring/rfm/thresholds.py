"""The twelve numbers of a threshold method, as the merchant edits them."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError

LARGEST = 10**12  # of anything: the columns hold no more
LARGEST_DAYS = 36_500  # a hundred years: beyond it somebody mistyped


@dataclass(frozen=True)
class Thresholds:
    """Limits for the scores 5, 4, 3, 2: at most so many days, at least so many orders, at least so
    much money.
    """

    recency: tuple[int, ...]
    frequency: tuple[int, ...]
    money: tuple[Decimal, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the thresholds as they are stored."""
        return {
            "recency": list(self.recency),
            "frequency": list(self.frequency),
            "money": [str(limit) for limit in self.money],
        }


def read_thresholds(parameters: Mapping[str, Any], defaults: Thresholds) -> Thresholds:
    """Return the merchant's thresholds, the defaults where none are given; raise ValidationError by
    box.
    """
    errors: dict[str, str] = {}
    rows: dict[str, tuple[Decimal, ...]] = {}
    for name in ("recency", "frequency", "money"):
        try:
            rows[name] = _row(parameters.get(name, getattr(defaults, name)), name)
        except ValidationError as error:
            errors[name] = error.messages[0]
    if errors:
        raise ValidationError(errors)
    return Thresholds(
        recency=tuple(int(limit) for limit in rows["recency"]),
        frequency=tuple(int(limit) for limit in rows["frequency"]),
        money=rows["money"],
    )


def _row(values: Any, name: str) -> tuple[Decimal, ...]:
    if not isinstance(values, list | tuple) or len(values) != 4:
        raise ValidationError("Give four numbers, for the scores 5, 4, 3 and 2.")
    numbers = tuple(_number(value, whole=name != "money") for value in values)
    rises = name == "recency"  # more days is worse; fewer orders or less money is
    for better, worse in itertools.pairwise(numbers):
        if (better >= worse) if rises else (better <= worse):
            direction = "larger" if rises else "smaller"
            raise ValidationError(
                f"Each number must be {direction} than the one before: {worse} follows {better}."
            )
    if rises and numbers[-1] > LARGEST_DAYS:
        raise ValidationError(f"{numbers[-1]} days is more than a hundred years.")
    return numbers


def _number(value: Any, *, whole: bool) -> Decimal:
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise ValidationError(f"“{value}” is not a number.") from None
    if isinstance(value, bool) or not number.is_finite():
        raise ValidationError(f"“{value}” is not a number.")
    if number < 0:
        raise ValidationError(f"{value} is below zero.")
    if number > LARGEST:
        raise ValidationError(f"{value} is more than a million million.")
    if whole and number != number.to_integral_value():
        raise ValidationError(f"{value} is not a whole number.")
    if number != number.quantize(Decimal("0.01")):
        raise ValidationError(f"{value} has more than two decimal places.")
    return number
