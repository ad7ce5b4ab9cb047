"""A table of hand-made orders and settings, and what they are; pure, no database."""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from samples.matching import Facts, FoundBy, Kind, Match, Rules, State, match, state_of

UGC, TIKTOK = Kind.UGC, Kind.TIKTOK
TAG, CHANNEL, SOURCE, APP = FoundBy.TAG, FoundBy.CHANNEL, FoundBy.SOURCE, FoundBy.APP


@dataclass(frozen=True)
class Told:
    ugc_tags: tuple[str, ...] = ("ugc-sample", "ugc", "creator-sample")
    tiktok_tags: tuple[str, ...] = ("tiktok-sample", "tiktok-shop-sample")
    channel_patterns: tuple[str, ...] = ("tiktok%", "%tiktok shop%")
    zero_price_only: bool = True


DEFAULTS = Told()
PAID_TOO = Told(zero_price_only=False)
NOTHING = Told((), (), ())
FREE = {"total": Decimal(0)}
PAID = {"total": Decimal(20)}
# what of the order × settings → kind, found by, word; None: no sample
TABLE = [
    # tags of the UGC list, whatever the order cost
    ({"tags": ["ugc"], **FREE}, DEFAULTS, (UGC, TAG, "ugc")),
    ({"tags": ["ugc"], **PAID}, DEFAULTS, (UGC, TAG, "ugc")),
    ({"tags": ["  UGC "]}, DEFAULTS, (UGC, TAG, "  UGC ")),
    ({"tags": ["Creator-Sample", "ugc"]}, DEFAULTS, (UGC, TAG, "Creator-Sample")),
    ({"tags": ["vip", "ugc-sample"]}, DEFAULTS, (UGC, TAG, "ugc-sample")),
    ({"tags": ["ｕｇｃ"]}, DEFAULTS, (UGC, TAG, "ｕｇｃ")),  # full-width letters
    ({"tags": ["ugc sample"]}, DEFAULTS, None),
    ({"tags": ["not-ugc"]}, DEFAULTS, None),
    ({"tags": [""]}, DEFAULTS, None),
    # TikTok: a tag or a channel, and nothing paid for the goods
    ({"tags": ["TikTok-Sample"], **FREE}, DEFAULTS, (TIKTOK, TAG, "TikTok-Sample")),
    ({"tags": ["tiktok-sample"], **PAID}, DEFAULTS, None),
    ({"tags": ["tiktok-sample"], **PAID}, PAID_TOO, (TIKTOK, TAG, "tiktok-sample")),
    ({"channel": "TikTok Shop", **FREE}, DEFAULTS, (TIKTOK, CHANNEL, "TikTok Shop")),
    ({"channel": "TikTok Shop", **PAID}, DEFAULTS, None),
    ({"channel": "TikTok Shop", **PAID}, PAID_TOO, (TIKTOK, CHANNEL, "TikTok Shop")),
    ({"channel": "My TIKTOK SHOP (US)"}, DEFAULTS, (TIKTOK, CHANNEL, "My TIKTOK SHOP (US)")),
    ({"channel": "My TikTok"}, DEFAULTS, None),
    ({"source_name": "tiktok"}, DEFAULTS, (TIKTOK, SOURCE, "tiktok")),
    ({"app": "TikTok Shop Connector"}, DEFAULTS, (TIKTOK, APP, "TikTok Shop Connector")),
    ({"channel": "tiktok", "app": "tiktok"}, DEFAULTS, (TIKTOK, CHANNEL, "tiktok")),
    ({"channel": "Online Store"}, DEFAULTS, None),
    ({"channel": ""}, Told(channel_patterns=("%",)), None),
    # % stands for any text, everything else for itself
    ({"channel": "a.b"}, Told(channel_patterns=("a.b",)), (TIKTOK, CHANNEL, "a.b")),
    ({"channel": "axb"}, Told(channel_patterns=("a.b",)), None),
    ({"channel": "axb"}, Told(channel_patterns=("a_b",)), None),
    ({"channel": "a\nb"}, Told(channel_patterns=("a%b",)), (TIKTOK, CHANNEL, "a\nb")),
    ({"channel": "ab"}, Told(channel_patterns=("a%b",)), (TIKTOK, CHANNEL, "ab")),
    # shipping and tax may be paid; a price below nothing is nothing
    ({"channel": "tiktok", "total": Decimal(7), "shipping_total": Decimal(5),
      "tax_total": Decimal(2)}, DEFAULTS, (TIKTOK, CHANNEL, "tiktok")),
    ({"channel": "tiktok", "total": Decimal("7.01"), "shipping_total": Decimal(5),
      "tax_total": Decimal(2)}, DEFAULTS, None),
    ({"channel": "tiktok", "shipping_total": Decimal(5)}, DEFAULTS, (TIKTOK, CHANNEL, "tiktok")),
    # both at once are UGC
    ({"tags": ["tiktok-sample", "ugc"], "channel": "TikTok Shop"}, DEFAULTS, (UGC, TAG, "ugc")),
    ({"tags": ["both"]}, Told(("both",), ("both",), ()), (UGC, TAG, "both")),
    # no settings, no samples
    ({"tags": ["ugc"], "channel": "TikTok Shop"}, NOTHING, None),
    ({"tags": [" "]}, Told((" ",), ("",), (" ",)), None),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "told", "expected"), TABLE)
def test_orders_are_what_the_table_says(facts, told, expected):
    found = match(Facts(**facts), rules=Rules.of(told))

    assert found == (Match(*expected) if expected else None)


@pytest.mark.parametrize(
    ("status", "cancelled", "expected"),
    [
        ("", False, State.PENDING),
        ("unfulfilled", False, State.PENDING),
        ("in_progress", False, State.PENDING),
        ("ON_HOLD", False, State.PENDING),
        ("scheduled", False, State.PENDING),
        ("open", False, State.PENDING),
        ("a word of next year", False, State.PENDING),
        ("partial", False, State.PARTIAL),
        ("Partially fulfilled", False, State.PARTIAL),
        ("PARTIALLY_FULFILLED", False, State.PARTIAL),
        ("fulfilled", False, State.FULFILLED),
        (" Fulfilled ", False, State.FULFILLED),
        ("not_required", False, State.FULFILLED),
        ("FULFILLMENT_NOT_REQUIRED", False, State.FULFILLED),
        ("unfulfilled", True, State.CANCELLED),
        ("fulfilled", True, State.CANCELLED),
    ],
)
def test_a_status_means_a_state(status, cancelled, expected):
    assert state_of(status, is_cancelled=cancelled) == expected
