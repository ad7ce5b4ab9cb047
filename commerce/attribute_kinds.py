"""What a change of an attribute's kind would do to the values that customers have."""

from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Count
from django.db.models.fields.json import KeyTransform

from commerce import stale, vocabulary
from commerce.attributes import reads_as, show
from commerce.models import AttributeDefinition, Customer
from commerce.patience import patience
from tenants.schema import connection

WAIT_MS = 5_000
DIFFERENT_VALUES = 20_000  # read one by one; an attribute of more is an id, not an attribute
EXAMPLES = 5


@dataclass
class Change:
    """How many customers have a value, how many of the values would be lost, some of those."""

    values: int = 0
    lost: int = 0
    examples: list[str] = field(default_factory=list)
    is_complete: bool = True  # False: too many different values to look at each


def preview(*, key: str, kind: str) -> Change:
    """Return what reading the values under `key` as `kind` would do; raise TooSlowError."""
    holders = Customer.objects.filter(attributes__has_key=key, merged_into=None)
    with patience(WAIT_MS):
        groups = holders.annotate(value=KeyTransform(key, "attributes")).values("value")
        counted = groups.annotate(times=Count("pk")).values_list("value", "times")
        rows = list(counted[: DIFFERENT_VALUES + 1])
    change = Change(is_complete=len(rows) <= DIFFERENT_VALUES)
    for value, times in rows:
        if value is None:
            continue
        change.values += times
        if not reads_as(value, kind=kind):
            change.lost += times
            if len(change.examples) < EXAMPLES:
                change.examples.append(show(value)[:60])
    return change


def save(definition: AttributeDefinition, *, has_new_kind: bool) -> None:
    """Save `definition`; a new kind tells every consumer that profiles read differently now."""
    with transaction.atomic(), connection.cursor() as cursor:
        reads_anew = has_new_kind or definition.pk is None
        definition.save()
        if reads_anew:
            vocabulary.learn_attribute(cursor, definition.key)
        if has_new_kind:
            stale.mark_all(cursor, facts="profile", cause="definition")


def declare(*, key: str, kind: str) -> None:
    """Make the attribute `key`, called as it reads, unless the store has declared it before."""
    if not AttributeDefinition.objects.filter(key=key).exists():
        label = key.replace("_", " ").capitalize()
        save(AttributeDefinition(key=key, label=label, kind=kind), has_new_kind=False)
