"""The rules in the store's own spellings: text is folded in Python, so SQL compares it exactly."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from commerce.models import Spelling
from commerce.text import fold
from samples.matching import PLACES, Rules, State, state_of_word

# Words that the vocabulary had no room for are read from the orders in question themselves.
_UNLISTED = {
    "tags": "SELECT DISTINCT tag FROM commerce_order o, unnest(o.tags) AS tag WHERE {scope}",
    "channel": "SELECT DISTINCT o.channel FROM commerce_order o WHERE {scope}",
    "source_name": "SELECT DISTINCT o.source_name FROM commerce_order o WHERE {scope}",
    "app": "SELECT DISTINCT o.app FROM commerce_order o WHERE {scope}",
    "fulfillment_status": "SELECT DISTINCT o.fulfillment_status FROM commerce_order o"
    " WHERE {scope}",
}


@dataclass(frozen=True)
class Words:
    """Every spelling in the store that the rules mean, by the column that holds it."""

    ugc: list[str]
    tiktok: list[str]
    places: dict[str, list[str]]  # channel, source_name, app
    fulfilled: list[str]
    partial: list[str]
    zero_price_only: bool

    @property
    def find_nothing(self) -> bool:
        """Whether no order of the store can match."""
        return not (self.ugc or self.tiktok or any(self.places.values()))


def words_of(cursor: CursorWrapper, rules: Rules, *, scope: sql.Composable) -> Words:
    """Return the spellings that `rules` mean; `scope`: the orders `o` they are wanted for."""
    tags = _spellings(cursor, "tags", scope, keys=rules.ugc | rules.tiktok)
    statuses = {word: state_of_word(word) for word in _spellings(
        cursor, "fulfillment_status", scope
    )}  # fmt: skip
    return Words(
        ugc=sorted(tag for tag in tags if fold(tag) in rules.ugc),
        tiktok=sorted(tag for tag in tags if fold(tag) in rules.tiktok),
        places={place: _fitting(cursor, place, rules, scope) for place, _ in PLACES},
        fulfilled=sorted(word for word in statuses if statuses[word] == State.FULFILLED),
        partial=sorted(word for word in statuses if statuses[word] == State.PARTIAL),
        zero_price_only=rules.zero_price_only,
    )


def _fitting(cursor: CursorWrapper, place: str, rules: Rules, scope: sql.Composable) -> list[str]:
    if not rules.patterns:
        return []
    return sorted(word for word in _spellings(cursor, place, scope) if rules.fits(word))


def _spellings(
    cursor: CursorWrapper,
    column: str,
    scope: sql.Composable,
    *,
    keys: Collection[str] | None = None,
) -> set[str]:
    """Return the words of a column; only those folded to `keys`, if given."""
    if keys is not None and not keys:
        return set()
    rows = Spelling.objects.filter(column=f"order.{column}")
    known = rows.exclude(value="")
    if keys is not None:
        known = known.filter(key__in=keys)
    found = set(known.values_list("value", flat=True))
    if rows.filter(value="").exists():  # there are words beyond those kept
        cursor.execute(sql.SQL(_UNLISTED[column]).format(scope=scope))  # type: ignore[arg-type]
        found |= {word for (word,) in cursor.fetchall()}
    return found
