"""Which tags and channels the store really uses, with counts, for the settings."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.cache import cache
from psycopg import sql

from commerce.models import Spelling
from commerce.patience import TooSlowError, patience
from samples import looks
from samples.matching import PLACES, Rules
from samples.preview import is_quick
from tenants.schema import connection

KEPT_SECONDS = 600
SHOWN = 40
NEWEST = 50_000  # orders read of a store with millions: 0.2 s
WAIT_MS = 2_000

_TAGS = """
    SELECT min(tag), count(*) FROM ({orders}) AS o, unnest(o.tags) AS tag
    GROUP BY lower(btrim(tag)) ORDER BY 2 DESC, 1 LIMIT {shown}
"""
_CHANNELS = """
    SELECT word, max(orders) FROM (
        SELECT p.word, count(*) AS orders FROM ({orders}) AS o,
               LATERAL (VALUES (1, o.channel), (2, o.source_name), (3, o.app)) AS p (place, word)
        WHERE p.word <> '' GROUP BY p.place, p.word
    ) AS used GROUP BY word ORDER BY 2 DESC, 1 LIMIT {shown}
"""
_MATCHING = "SELECT count(*) FROM commerce_order o WHERE {looks}"


@dataclass(frozen=True)
class Used:
    """Words with the number of orders that have them; `newest`: of only so many orders."""

    words: list[tuple[str, int]]
    newest: int | None


@dataclass(frozen=True)
class Tried:
    """What patterns match: channels, sources and apps, and orders (None: too many to count)."""

    words: list[str]
    more: int  # words beyond those named
    orders: int | None


def tags() -> Used:
    """Return the order tags used most."""
    return _used("tags", _TAGS)


def channels() -> Used:
    """Return the channels, sources and apps used most."""
    return _used("channels", _CHANNELS)


def try_patterns(patterns: Sequence[str]) -> Tried:
    """Return what channel patterns match among the words the store is known to use."""
    rules = Rules.of(_Told(patterns))
    places = {place: _fitting(place, rules) for place, _ in PLACES}
    words = list(dict.fromkeys(word for found in places.values() for word in found))
    return Tried(words[:SHOWN], max(len(words) - SHOWN, 0), _orders_at(places))


class _Told:
    """Patterns alone, as settings."""

    ugc_tags: Sequence[str] = ()
    tiktok_tags: Sequence[str] = ()
    zero_price_only = False

    def __init__(self, patterns: Sequence[str]) -> None:
        self.channel_patterns = patterns


def _fitting(place: str, rules: Rules) -> list[str]:
    known = Spelling.objects.filter(column=f"order.{place}").exclude(value="")
    return [word for word in known.order_by("value").values_list("value", flat=True)
            if rules.fits(word)]  # fmt: skip


def _orders_at(places: dict[str, list[str]]) -> int | None:
    found = [looks.is_one_of(place, words) for place, words in places.items() if words]
    if not found:
        return 0
    condition = sql.SQL(" OR ").join(found)
    try:
        with patience(WAIT_MS), connection.cursor() as cursor:
            cursor.execute(sql.SQL(_MATCHING).format(looks=condition))
            return int(cursor.fetchone()[0])
    except TooSlowError:
        return None


def _used(name: str, query: str) -> Used:
    kept = f"samples:used-{name}"
    found: Used | None = cache.get(kept)
    if found is None:
        newest = None if is_quick() else NEWEST
        orders = "SELECT tags, channel, source_name, app FROM commerce_order"
        orders += f" ORDER BY placed_at DESC, id DESC LIMIT {NEWEST}" if newest else ""
        with connection.cursor() as cursor:
            cursor.execute(
                sql.SQL(query).format(orders=sql.SQL(orders), shown=sql.Literal(SHOWN))  # type: ignore[arg-type]
            )
            found = Used(cursor.fetchall(), newest)
        cache.set(kept, found, KEPT_SECONDS)
    return found
