"""The kinds of value, each with its operators: the one table that everything else reads."""

from segments.rules.kinds.anniversary import ANNIVERSARY
from segments.rules.kinds.base import Kind
from segments.rules.kinds.choice import CHOICE
from segments.rules.kinds.dates import DAY, MOMENT
from segments.rules.kinds.lists import LIST
from segments.rules.kinds.number import MONEY, NUMBER, SHARE
from segments.rules.kinds.place import PLACE
from segments.rules.kinds.sample import SAMPLE
from segments.rules.kinds.segment import SEGMENT
from segments.rules.kinds.text import CODE as CODE
from segments.rules.kinds.text import TEXT
from segments.rules.kinds.yes_no import YES_NO

KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        TEXT,
        NUMBER,
        MONEY,
        SHARE,
        YES_NO,
        DAY,
        MOMENT,
        ANNIVERSARY,
        LIST,
        CHOICE,
        PLACE,
        SEGMENT,
        SAMPLE,
    )
}
