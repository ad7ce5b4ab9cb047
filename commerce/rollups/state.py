"""The local day at which every metric stands, and the lock that goes with it."""

from datetime import date

from django.db.backends.utils import CursorWrapper

from commerce.models import MetricsState

_READ = "SELECT stands_on FROM commerce_metricsstate WHERE id = 1"
_WRITE = """
    INSERT INTO commerce_metricsstate (id, stands_on) VALUES (1, %s)
    ON CONFLICT (id) DO UPDATE SET stands_on = excluded.stands_on
"""


def standing_day() -> date | None:
    """Return the day the metrics stand at, or None before the first fact."""
    return MetricsState.objects.filter(pk=1).values_list("stands_on", flat=True).first()


def hold_shared(cursor: CursorWrapper, *, on: date) -> date:
    """Keep the day from moving until commit; return it. The first caller ever sets it to `on`."""
    cursor.execute(
        "INSERT INTO commerce_metricsstate (id, stands_on) VALUES (1, %s) ON CONFLICT DO NOTHING",
        [on],
    )
    return _day(cursor, f"{_READ} FOR SHARE")


def hold_alone(cursor: CursorWrapper, *, on: date) -> date:
    """Wait for everybody who writes facts, keep them out until commit, and return the day."""
    cursor.execute(
        "INSERT INTO commerce_metricsstate (id, stands_on) VALUES (1, %s) ON CONFLICT DO NOTHING",
        [on],
    )
    return _day(cursor, f"{_READ} FOR UPDATE")


def move_to(cursor: CursorWrapper, *, on: date) -> None:
    """Write that the metrics stand at `on`."""
    cursor.execute(_WRITE, [on])


def _day(cursor: CursorWrapper, query: str) -> date:
    cursor.execute(query)
    day: date = cursor.fetchone()[0]
    return day
