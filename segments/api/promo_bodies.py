"""What programs send about promo codes: definitions, and whom they mean."""

from collections.abc import Mapping
from datetime import UTC
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from segments.api.finding import as_id
from segments.models import PromoCode, Segment
from segments.promotions.drafts import LONGEST, MOST_SEGMENTS, Draft
from segments.promotions.persons import Person, by_email, by_number, by_shopify, by_source
from tenants.web.bodies import Body
from tenants.web.problems import Fault, Refusal, invalid

WAYS = ("customer", "customer_id", "shopify_id", "email")
LONGEST_ID, LONGEST_SOURCE, LONGEST_EMAIL = 191, 64, 254


class SegmentNames(serializers.ListField):
    """Segments by id or slug."""

    child = serializers.JSONField()

    def to_internal_value(self, data: Any) -> Any:
        wanted = super().to_internal_value(data)
        ids = {one for one in wanted if isinstance(one, int) and not isinstance(one, bool)}
        slugs = {one for one in wanted if isinstance(one, str)}
        if len(ids) + len(slugs) < len(wanted) or any(not 0 < one < 2**63 for one in ids):
            raise serializers.ValidationError("Name each segment once, by its id or its slug.")
        by_slug = dict(Segment.objects.filter(slug__in=slugs).values_list("slug", "pk"))
        known = set(Segment.objects.filter(pk__in=ids).values_list("pk", flat=True))
        if strange := [one for one in wanted if one not in known and one not in by_slug]:
            raise serializers.ValidationError(f"There is no segment “{str(strange[0])[:80]}”.")
        return tuple(sorted({by_slug.get(one, one) for one in wanted}))


class PromoBody(Body):
    """A promo code to be made."""

    code = serializers.CharField(max_length=LONGEST)
    description = serializers.CharField(max_length=500, required=False, allow_blank=True)
    discount = serializers.ChoiceField(choices=PromoCode.Discount.choices, required=False)
    value = serializers.DecimalField(
        max_digits=14, decimal_places=4, required=False, allow_null=True
    )
    include = SegmentNames(required=False, max_length=MOST_SEGMENTS, help_text="ids or slugs")
    exclude = SegmentNames(required=False, max_length=MOST_SEGMENTS, help_text="ids or slugs")
    match = serializers.ChoiceField(choices=PromoCode.Match.choices, required=False)
    starts_at = serializers.DateTimeField(required=False, allow_null=True, default_timezone=UTC)
    ends_at = serializers.DateTimeField(required=False, allow_null=True, default_timezone=UTC)
    most_total = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    most_each = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    unknown = serializers.ChoiceField(choices=PromoCode.Unknown.choices, required=False)
    state = serializers.ChoiceField(choices=PromoCode.State.choices, required=False)


class PromoChange(PromoBody):
    """What of a promo code is to be different."""

    code = serializers.CharField(max_length=LONGEST, required=False)
    version = serializers.IntegerField(
        required=False, help_text="refuse the change if a newer version was saved meanwhile"
    )


class PersonBody(serializers.Serializer[Any]):
    """Whom the question is about: one of the four."""

    customer = serializers.IntegerField(required=False, help_text="our id")
    customer_id = serializers.CharField(required=False, help_text="the store's own id")
    source = serializers.CharField(  # type: ignore[assignment]
        required=False, help_text="whose id `customer_id` is"
    )
    shopify_id = serializers.CharField(required=False, help_text="a number, or a whole gid")
    email = serializers.CharField(required=False)


class CheckBody(PersonBody):
    """One check."""

    live = serializers.BooleanField(
        required=False, help_text="evaluate the rules for this customer now"
    )


class ManyBody(serializers.Serializer[Any]):
    """Many checks: every code for every customer."""

    codes = serializers.ListField(child=serializers.CharField(), min_length=1, max_length=500)
    customers = serializers.ListField(child=PersonBody(), min_length=1, max_length=500)


class UseBody(PersonBody):
    """A use to be recorded."""

    key = serializers.CharField(
        required=False,
        max_length=LONGEST_ID,
        help_text="your own, an order's number; the same again changes nothing",
    )
    order = serializers.CharField(required=False, max_length=LONGEST_ID)
    amount = serializers.DecimalField(
        required=False, allow_null=True, max_digits=14, decimal_places=4, min_value=Decimal(0)
    )
    check = serializers.ChoiceField(
        choices=["all", "limits"],
        required=False,
        help_text="limits: the discount was given already; segments are not asked",
    )


def draft_from(sent: Mapping[str, Any], *, base: Draft | None = None) -> Draft:
    """Return the draft that was sent, over what a code is already."""
    told = {name: value for name, value in sent.items() if name != "version"}
    start: dict[str, Any] = dict(base.__dict__) if base else {}
    if told.get("discount") == PromoCode.Discount.FREE_SHIPPING and "value" not in told:
        start["value"] = None
    return Draft(**{**start, **told})


def read_person(data: Any, *, path: tuple[str | int, ...] = ()) -> Person:
    """Return whom an object means; raise Refusal (400). By hand: a checkout asks it every time."""
    if not isinstance(data, dict):
        raise _refused("Name a customer: {“customer”: 12}, or by email.", path)
    given = [name for name in WAYS if data.get(name) is not None]
    if len(given) != 1:
        raise _refused(f"Name the customer by exactly one of {', '.join(WAYS)}.", path)
    (name,) = given
    value = data[name]
    if name == "customer":
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise _refused("customer is our number of a customer.", (*path, name))
        number = as_id(str(value))
        if number is None:
            raise _refused("customer is our number of a customer.", (*path, name))
        return by_number(number)
    if name == "shopify_id" and isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    text = _text(value, LONGEST_EMAIL if name == "email" else LONGEST_ID, (*path, name))
    if name == "email":
        return by_email(text)
    if name == "shopify_id":
        return by_shopify(text)
    source = data.get("source") or ""
    return by_source(text, source=_text(source, LONGEST_SOURCE, (*path, "source"), least=0))


def refuse_unknown(data: Any, known: tuple[str, ...], *, path: tuple[str | int, ...] = ()) -> None:
    """Raise Refusal (400) for keys nobody reads."""
    if not isinstance(data, dict):
        raise _refused("Send an object.", path)
    unknown = sorted(str(key) for key in data.keys() - set(known))
    if unknown:
        words = "This is not known here. Check the spelling."
        raise Refusal(invalid(*(Fault(words, (*path, key[:64])) for key in unknown)))


def _text(value: Any, most: int, path: tuple[str | int, ...], *, least: int = 1) -> str:
    if not isinstance(value, str) or not least <= len(value.strip()) <= most:
        raise _refused(f"{path[-1]} is a text of {most} characters at most.", path)
    return value


def _refused(words: str, path: tuple[str | int, ...]) -> Refusal:
    return Refusal(invalid(Fault(words, path)))
