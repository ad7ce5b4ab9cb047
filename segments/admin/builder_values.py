"""What a value's box suggests: the store's own values with how many customers have them."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, F, Func
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from commerce.admin.contact import sees_contact
from commerce.models import Spelling
from commerce.patience import TooSlowError, patience
from commerce.text import fold
from segments import sensitive
from segments.admin.builder_reading import CONTACT
from segments.audience import StoreScope, clock_at, population
from segments.catalogue import StoreCatalogue
from segments.rules.fields import Field, Source
from segments.written import OF_CUSTOMERS, as_written

SHOWN = 20
WAIT_MS = 1_500  # a suggestion that comes later is of no use any more
RECENT = 20_000  # rows of what customers did: 60 ms; all ten million would be seconds
SUGGESTED = frozenset({"text", "list", "choice"})
ROW_SPELLINGS = {"product_key": "product", "category_key": "category"}
Counts = list[tuple[str, int]]


@require_GET
def values(request: HttpRequest) -> HttpResponse:
    """Answer the commonest values of `field` (of behaviour `did`) that hold the text `q`."""
    catalogue = StoreCatalogue()
    wanted = fold(request.GET.get("q", "")[:100].replace("\x00", ""))
    source = catalogue.source(request.GET.get("did", ""))
    key = request.GET.get("field", "")
    field = source.fields.get(key) if source else catalogue.field(key)
    found: Counts = []
    if field is not None and _may_see(field, request) and field.kind.key in SUGGESTED:
        try:
            with patience(WAIT_MS):
                found = _of_rows(source, field, wanted) if source else _of_people(field, wanted)
        except TooSlowError:
            found = []
    labels = dict(field.choices()) if field else {}
    return JsonResponse(
        {
            "of": source.nouns if source else "customers",
            "values": [
                {"value": value, "label": str(labels.get(value, value)), "count": customers}
                for value, customers in found
            ],
        }
    )


def _may_see(field: Field, request: HttpRequest) -> bool:
    """Whether values may be listed: what names or touches a person is not for everybody."""
    if field.key in sensitive.sensitive_keys() and not sensitive.may_use(request.user):
        return False
    return sees_contact(request) or field.key not in CONTACT


def _of_people(field: Field, wanted: str) -> Counts:
    """Count customers by their value, the commonest first."""
    value: Any = field.sql(StoreScope(clock_at()))
    if field.kind.key == "list":
        value = Func(value, function="unnest")
    rows = population().annotate(suggested=value).values("suggested")
    counted = rows.annotate(customers=Count("pk")).order_by("-customers", "suggested")
    if wanted and field.kind.key != "list":
        counted = counted.filter(suggested__icontains=wanted)
    pairs = counted.values_list("suggested", "customers")
    # Set-returning functions cannot stand in WHERE: lists are narrowed here.
    found = [pair for pair in pairs[: SHOWN * 50] if pair[0] and wanted in fold(str(pair[0]))]
    return _spelt(field, found[:SHOWN])


def _spelt(field: Field, found: Counts) -> Counts:
    """Write folded values as a customer's record writes them."""
    if field.key not in OF_CUSTOMERS:
        return found
    names = as_written(field.key, [value for value, _ in found])
    return [(names.get(value, value), customers) for value, customers in found]


def _of_rows(source: Source, field: Field, wanted: str) -> Counts:
    """Count the latest rows by value; spellings that none of them shows come last."""
    rows = source.rows(StoreScope(clock_at()), True).annotate(
        suggested=field.sql(StoreScope(clock_at()))
    )
    name = getattr(field.sql(StoreScope(clock_at())), "name", "")
    shown = F(ROW_SPELLINGS[name]) if name in ROW_SPELLINGS else F("suggested")
    latest = rows.annotate(shown=shown).order_by("-pk").values_list("shown", flat=True)[:RECENT]
    counts = Counter(_texts(latest))
    if field.spelling:
        known = Spelling.objects.filter(column=field.spelling, key__contains=wanted)
        for value in known.order_by("value").values_list("value", flat=True)[:SHOWN]:
            counts.setdefault(value, 0)
    held = [(value, number) for value, number in counts.most_common() if wanted in fold(value)]
    return held[:SHOWN]


def _texts(values: Iterable[Any]) -> Iterable[str]:
    for value in values:
        yield from (str(item) for item in (value if isinstance(value, list) else [value]) if item)
