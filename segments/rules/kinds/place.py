"""Places: great-circle distance from a point, on a sphere of the Earth's mean radius."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.db.models.expressions import Value
from django.db.models.functions import ASin, Cos, Least, Power, Radians, Sin, Sqrt
from django.db.models.lookups import GreaterThan, IsNull, LessThanOrEqual

from segments.rules.errors import RuleError, at
from segments.rules.kinds.base import Kind
from segments.rules.numbers import read_number
from segments.rules.operators import Ask, Operator, table
from segments.rules.speech import Speech, number

if TYPE_CHECKING:
    from segments.rules.fields import Field

EARTH_KM = 6371.0088  # IUGG mean radius
KM_PER_MILE = Decimal("1.609344")


@dataclass(frozen=True)
class Circle:
    """A point in degrees and a distance in its own unit."""

    lat: Decimal
    lon: Decimal
    distance: Decimal
    unit: str  # km or mi

    @property
    def km(self) -> float:
        """The radius in kilometres."""
        return float(self.distance * (KM_PER_MILE if self.unit == "mi" else 1))


def distance_km(point: Any, circle: Circle) -> Any:
    """Return the distance from the circle's centre in kilometres (haversine formula)."""
    lat, lon = point
    lat2 = Radians(Value(float(circle.lat)))
    half_lat = Sin((Radians(lat) - lat2) / Value(2.0))
    half_lon = Sin((Radians(lon) - Radians(Value(float(circle.lon)))) / Value(2.0))
    chord = Power(half_lat, 2) + Cos(Radians(lat)) * Cos(lat2) * Power(half_lon, 2)
    return Value(2 * EARTH_KM) * ASin(Least(Value(1.0), Sqrt(chord)))


def _within(ask: Ask) -> Any:
    return LessThanOrEqual(distance_km(ask.lhs, ask.value), ask.value.km)


def _outside(ask: Ask) -> Any:
    return GreaterThan(distance_km(ask.lhs, ask.value), ask.value.km)


SET = Operator(
    "is_set", "is known", "is known", lambda ask: Q(IsNull(ask.lhs[0], False)), takes="none"
)


class Place(Kind):
    """A point on the globe; the field's expression is a pair of latitude and longitude."""

    key, label = "place", "Place"
    operators = table(
        Operator("within_distance", "is within", "within {value}", _within),
        Operator("outside_distance", "is farther than", "farther than {value}", _outside),
        SET,
        SET.opposite("is_not_set", "is unknown", "is unknown"),
    )

    def read(self, field: "Field", raw: Any) -> Circle:
        if not isinstance(raw, dict) or len({"km", "mi"} & raw.keys()) != 1:
            raise RuleError('Expected {"lat": …, "lon": …, "km": …} or "mi" for miles.')
        unit = "km" if "km" in raw else "mi"
        with at("lat"):
            lat = _degrees(raw.get("lat"), 90)
        with at("lon"):
            lon = _degrees(raw.get("lon"), 180)
        with at(unit):
            distance = read_number(raw[unit])
            if not 0 < distance <= 25_000:
                raise RuleError("A distance is more than 0 and at most 25,000.")
        return Circle(lat, lon, distance, unit)

    def dump(self, value: Circle) -> dict[str, float]:
        return {"lat": float(value.lat), "lon": float(value.lon), value.unit: float(value.distance)}

    def say(self, field: "Field", value: Circle, speech: Speech) -> str:
        return f"{number(value.distance)} {value.unit} of {value.lat:.4f}, {value.lon:.4f}"

    def is_known(self, lhs: Any) -> Any:
        return IsNull(lhs[0], False)


def _degrees(raw: Any, limit: int) -> Decimal:
    degrees = read_number(raw)
    if abs(degrees) > limit:
        raise RuleError(f"Expected degrees between −{limit} and {limit}.")
    return degrees


PLACE = Place()
