"""The seven local days a letter tells of."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tenants.schema import connection

DAYS = 7
# Fifty-two whole weeks, so that a Monday is compared with a Monday.
SAME_WEEK_LAST_YEAR = timedelta(weeks=52)


@dataclass(frozen=True)
class Week:
    """Seven local days, the first and the last one counted."""

    first: date
    last: date

    def earlier(self, by: timedelta) -> "Week":
        """Return the seven days that lie `by` before."""
        return Week(self.first - by, self.last - by)

    @property
    def before(self) -> "Week":
        """The seven days before these."""
        return self.earlier(timedelta(days=DAYS))

    @property
    def last_year(self) -> "Week":
        """The same weekdays a year earlier."""
        return self.earlier(SAME_WEEK_LAST_YEAR)

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """The local midnights at which the week begins and is over."""
        zone = connection.tenant.zone
        after = self.last + timedelta(days=1)
        return (
            datetime.combine(self.first, time.min, zone),
            datetime.combine(after, time.min, zone),
        )


def week_until(today: date) -> Week:
    """Return the seven whole days before `today`: on a Monday, last Monday to Sunday."""
    return Week(today - timedelta(days=DAYS), today - timedelta(days=1))
