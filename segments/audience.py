"""From a rule to customers: the one place where the language meets the store."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Any

from django.db.models import (
    BigIntegerField,
    CharField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import Func
from django.db.models.functions import Concat
from django.utils import timezone

from commerce.models import CustomerIdentity, CustomerMetrics, DataSource, Spelling
from commerce.rollups.past import visible_day
from segments.models import Membership, MembershipChange
from segments.rules.clock import Clock
from segments.rules.compile import compile_rule
from segments.rules.fields import Catalogue, Field
from segments.rules.tree import Group
from tenants.schema import connection

BUCKETS = 10_000  # a sample's steps are 0.01 percent


def population() -> "QuerySet[CustomerMetrics]":
    """Return everybody a segment may hold: not merged, not erased, not left out."""
    return CustomerMetrics.objects.filter(in_base=True)


def clock_at(as_of: datetime | None = None) -> Clock:
    """Return the merchant's clock, at `as_of` or now."""
    return Clock(as_of or timezone.now(), connection.tenant.zone)


def audience(tree: Group, catalogue: Catalogue, scope: "StoreScope") -> "QuerySet[CustomerMetrics]":
    """Return the rows of the customers that `tree` describes."""
    return population().filter(compile_rule(tree, catalogue, scope))


class Bucket(Func):
    """The first 8 hex digits of an MD5 as a number, modulo BUCKETS."""

    template = f"mod(('x' || substr(md5(%(expressions)s), 1, 8))::bit(32)::bigint, {BUCKETS})"
    output_field = BigIntegerField()


@dataclass(frozen=True)
class StoreScope:
    """The look-ups of one evaluation, in the store whose schema the connection stands in."""

    clock: Clock
    # Asked for once each: for a bound of a share the whole base is counted.
    found: dict[Any, Any] = field(default_factory=dict, init=False, compare=False)

    def rolled_up_today(self) -> bool:
        """Say whether the rollups stand at the evaluation's day. Asked once."""
        if "day" not in self.found:
            self.found["day"] = visible_day()
        return bool(self.found["day"] == self.clock.today)

    def in_base(self) -> Q:
        """Return the condition of having a counted order."""
        return Q(orders_count__gt=0)

    def _valued(self, field: Field) -> Any:
        rows = population().filter(self.in_base()).annotate(measured=field.sql(self))
        return rows.filter(measured__isnull=False)

    def cut_off(self, field: Field, *, percent: Decimal, from_top: bool) -> Any:
        """Return percentile_disc of the values ordered from the best (or the worst)."""
        asked = (field.key, percent, from_top)
        if asked not in self.found:
            self.found[asked] = self._find_cut_off(field, percent, from_top)
        return self.found[asked]

    def _find_cut_off(self, field: Field, percent: Decimal, from_top: bool) -> Any:
        rows = self._valued(field)
        place = (percent / 100 * rows.count()).to_integral_value(ROUND_CEILING)
        if place == 0:
            return None
        ordered = rows.order_by(F("measured").desc() if from_top else F("measured").asc())
        return ordered.values_list("measured", flat=True)[int(place) - 1]

    def best(self, field: Field, *, count: int) -> Any:
        """Return the ids of the `count` best: by value, then the later last order, then id."""
        order = (F("measured").desc(), F("last_order_on").desc(), "pk")
        return self._valued(field).order_by(*order).values("pk")[:count]

    def members(self, segments: Sequence[int]) -> Any:
        """Return the members of any of `segments`."""
        return Membership.objects.filter(segment_id__in=segments).values("customer_id")

    def members_on(self, segments: Sequence[int], day: date) -> Any:
        """Return who was in any of `segments` at the end of `day`, rewound through the ledger."""
        end = self.clock.start_of(day + timedelta(days=1))
        later = MembershipChange.objects.filter(
            segment_id__in=segments, at__gte=end, customer_id__isnull=False
        )
        first = later.order_by("segment_id", "customer_id", "at", "pk").distinct(
            "segment_id", "customer_id"
        )
        left_later = MembershipChange.objects.filter(pk__in=first.values("pk"), entered=False)
        same = {"segment_id": OuterRef("segment_id"), "customer_id": OuterRef("customer_id")}
        stayed = Membership.objects.filter(segment_id__in=segments).exclude(
            Exists(later.filter(**same))
        )
        then = Q(pk__in=left_later.values("customer_id")) | Q(pk__in=stayed.values("customer_id"))
        return CustomerMetrics.objects.filter(then).values("pk")

    def moved(
        self, segments: Sequence[int], *, entered: bool, first: datetime, last: datetime
    ) -> Any:
        """Return who entered (or left) one of `segments` between two instants, both counted."""
        changes = MembershipChange.objects.filter(
            segment_id__in=segments, entered=entered, at__gte=first, at__lte=last
        )
        return changes.filter(customer_id__isnull=False).values("customer_id")

    def spellings(self, column: str, test: Callable[[str], bool]) -> list[str]:
        """Return the stored spellings of a column whose folded form passes `test`."""
        rows = Spelling.objects.filter(column=column).values_list("key", "value")
        return [value for key, value in rows.iterator() if value and test(key)]

    def keeps_all(self, column: str) -> bool:
        """Say whether the vocabulary holds every spelling of `column`."""
        return not Spelling.objects.filter(column=column, value="").exists()

    def bucket(self, salt: str) -> Any:
        """Return the bucket of a customer's primary identity, or of their first one."""
        primary = DataSource.objects.filter(key=OuterRef("source"), is_primary=True)
        mine = CustomerIdentity.objects.filter(customer_id=OuterRef("pk"))
        ordered = mine.annotate(is_primary=Exists(primary)).order_by("-is_primary", "pk")
        name = Concat(F("source"), Value(":"), F("external_id"), output_field=CharField())
        return Bucket(Concat(Value(f"{salt}:"), Subquery(ordered.values(name=name)[:1])))
